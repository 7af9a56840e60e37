import type { Readable } from 'node:stream'
import { EMPTY } from '../../base/index.js'
import { packRecord, RecordReader } from '../../driver/index.js'
import type {
  ChildStart,
  DatagramOpening,
  HostAnswer,
  HostRecord,
  HostRequest,
  SocketCall,
  ToChild,
  ToSocket,
} from '../../driver/index.js'
import type { Frame, StreamId } from '../../message/index.js'
import { Children } from './children.js'
import { DatagramSockets } from './datagram-sockets.js'
import { FILE_CALLS } from './file-calls.js'
import { Input } from './input.js'
import { OpenFiles } from './open-files.js'
import type { CallResult } from './results.js'
import { Watchers } from './watchers.js'

/** A frame stays below a datagram's size. */
const FRAME_BYTES_MAX = 32 * 1024

export interface HostTerms {
  /** To the application group; `flush` follows. */
  readonly send: (frame: Frame) => void
  readonly flush: () => void
  /** Nothing more can be sent for the moment; `relieved` is called when it can. */
  readonly congested: () => boolean
  /** On the program's own output. */
  readonly print: (fd: 1 | 2, bytes: Uint8Array) => void
  /** The program's standard input, opened when the program wants it. */
  readonly openInput: () => Readable
}

/** A call that is no function of files: performed at once, or by somebody who answers in time. */
type Perform = (stream: StreamId, args: readonly unknown[], body: Uint8Array) => CallResult | Promise<CallResult>

/** The console's side of `driver/host-calls.ts`: does what the program asks of its host, once. */
export class HostServer {
  readonly #terms: HostTerms
  readonly #files = new OpenFiles()
  readonly #watchers = new Watchers()
  readonly #sockets = new DatagramSockets()
  readonly #children: Children
  readonly #input: Input
  readonly #calls: Readonly<Record<string, Perform>>
  /** Records that are not whole yet. */
  readonly #records = new Map<StreamId, RecordReader>()
  /** Changes of files; bounded by what the program asks for at one time. */
  readonly #changes = new Set<Promise<void>>()

  constructor(terms: HostTerms) {
    this.#terms = terms
    this.#children = new Children({
      files: this.#files,
      print: terms.print,
      tell: (stream, value, bytes) => this.#answer(stream, { value }, bytes),
    })
    this.#input = new Input(terms.openInput)
    this.#calls = this.#makeCalls()
  }

  /** Bytes of the application group: each once, in order, as all that is released. */
  receive(stream: StreamId, bytes: Uint8Array): void {
    const reader = this.#records.get(stream) ?? new RecordReader()
    reader.push(bytes)
    for (let record = reader.next(); record !== undefined; record = reader.next()) this.#take(stream, record)
    if (reader.empty) this.#records.delete(stream)
    else this.#records.set(stream, reader)
  }

  /** Bytes can be sent again. */
  relieved(): void {
    this.#congest(false)
  }

  /** Nothing is asked any more; what was to be written is written. */
  async close(): Promise<void> {
    this.#watchers.close()
    this.#sockets.close()
    this.#input.close()
    while (this.#changes.size > 0) await Promise.all(this.#changes)
  }

  #take(stream: StreamId, { head, body }: HostRecord): void {
    const request = JSON.parse(Buffer.from(head).toString()) as HostRequest | ToChild | ToSocket
    if ('to' in request) {
      if (request.to === 'datagram') return this.#sockets.take(stream, request, body)
      this.#children.take(stream, request, body)
      this.#input.take(stream, request)
      return
    }
    const { call, args } = request
    if (call === 'followInput') {
      void this.#input.follow(stream, (bytes) => this.#answer(stream, {}, bytes))
      return
    }
    const change = FILE_CALLS[call]
    if (change === undefined) {
      void this.#perform(stream, async () => this.#call(call)(stream, args, body))
      return
    }
    const work = this.#perform(stream, () => change({ stream, args, body, files: this.#files }))
    this.#changes.add(work)
    void work.finally(() => this.#changes.delete(work))
  }

  async #perform(stream: StreamId, work: () => Promise<CallResult>): Promise<void> {
    try {
      const { value, body } = await work()
      this.#answer(stream, { value }, body)
    } catch (error) {
      this.#answer(stream, answerOf(error))
    }
  }

  #call(name: string): Perform {
    const perform = this.#calls[name]
    if (perform === undefined) throw new Error(`unknown call ${name}`)
    return perform
  }

  #makeCalls(): Readonly<Record<string, Perform>> {
    const [children, watchers, sockets] = [this.#children, this.#watchers, this.#sockets]
    const done = (_nothing: unknown): CallResult => ({})
    const tell = (stream: StreamId) => (value: unknown, body?: Uint8Array) => this.#answer(stream, { value }, body)
    return {
      watch: (stream, [path]) => done(watchers.watch(stream, path, tell(stream))),
      watchFile: (stream, args) => done(watchers.watchFile(stream, args, tell(stream))),
      unwatch: (_stream, [watched]) => done(watchers.unwatch(watched as StreamId)),
      readInput: async (_stream, [length]) => ({ body: await this.#input.read(length as number) }),
      openSocket: (stream, [opening]) => sockets.open(stream, opening as DatagramOpening, tell(stream)),
      socket: (_stream, [opened, name, ...values]) => sockets.call(opened as StreamId, name as SocketCall, values),
      shutSocket: (_stream, [opened]) => done(sockets.shut(opened as StreamId)),
      umask: (_stream, [mask]) => done(process.umask(mask as number)),
      kill: (_stream, [pid, signal]) => done(process.kill(pid as number, signal as number)),
      spawn: (stream, [start]) => children.spawn(stream, start as ChildStart),
      spawnSync: (stream, [start], input) => children.spawnSync(stream, start as ChildStart, input),
      output: (_stream, args) => children.output(args as readonly number[]),
      forget: (_stream, [finished]) => done(children.forget(finished as StreamId)),
      killChild: (_stream, [started, signal]) => done(children.kill(started as StreamId, signal as number)),
    }
  }

  #congest(congested: boolean): void {
    this.#children.congest(congested)
    this.#sockets.congest(congested)
    this.#input.congest(congested)
  }

  #answer(stream: StreamId, answer: HostAnswer, body: Uint8Array = EMPTY): void {
    const { send, flush, congested } = this.#terms
    const record = packRecord({ head: Buffer.from(JSON.stringify(answer)), body })
    for (let from = 0; from < record.length; from += FRAME_BYTES_MAX) {
      send({ frame: 'data', stream, bytes: record.subarray(from, from + FRAME_BYTES_MAX) })
    }
    flush()
    if (congested()) this.#congest(true)
  }
}

function answerOf(error: unknown): HostAnswer {
  const { errno, syscall, code, message } = error as NodeJS.ErrnoException
  // Node's own errors may have an errno too: a positive one.
  if (errno !== undefined && errno < 0 && syscall !== undefined) return { errno, syscall }
  return { failed: { code: code ?? 'ERR_LLFT_HOST', message } }
}
