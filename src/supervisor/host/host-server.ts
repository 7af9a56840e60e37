import { EMPTY } from '../../base/index.js'
import { packRecord, RecordReader } from '../../driver/index.js'
import type { HostAnswer, HostRequest } from '../../driver/index.js'
import type { Frame, StreamId } from '../../message/index.js'
import { FILE_CALLS, type FileResult } from './file-calls.js'
import { OpenFiles } from './open-files.js'
import { Watchers } from './watch-calls.js'

/** A frame stays below a datagram's size. */
const FRAME_BYTES_MAX = 32 * 1024

export interface HostTerms {
  /** To the application group; `flush` follows. */
  readonly send: (frame: Frame) => void
  readonly flush: () => void
}

/** The console's side of `driver/host-calls.ts`: does what the program asks of its host, once. */
export class HostServer {
  readonly #terms: HostTerms
  readonly #files = new OpenFiles()
  readonly #watchers = new Watchers()
  /** Requests that are not whole yet. */
  readonly #requests = new Map<StreamId, RecordReader>()
  /** Bounded by what the program asks for at one time. */
  readonly #underWay = new Set<Promise<void>>()

  constructor(terms: HostTerms) {
    this.#terms = terms
  }

  /** Bytes of the application group: each once, in order, as all that is released. */
  receive(stream: StreamId, bytes: Uint8Array): void {
    const reader = this.#requests.get(stream) ?? new RecordReader()
    reader.push(bytes)
    const record = reader.next()
    if (record === undefined) {
      this.#requests.set(stream, reader)
      return
    }
    this.#requests.delete(stream)
    const request = JSON.parse(Buffer.from(record.head).toString()) as HostRequest
    const work = this.#perform(stream, request, record.body).finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  /** Nothing is asked any more; what was is done. */
  async close(): Promise<void> {
    this.#watchers.close()
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #perform(stream: StreamId, { call, args }: HostRequest, body: Uint8Array): Promise<void> {
    try {
      const result = await this.#resultOf(stream, { call, args }, body)
      this.#answer(stream, { value: result.value }, result.body)
    } catch (error) {
      this.#answer(stream, answerOf(error))
    }
  }

  async #resultOf(stream: StreamId, { call, args }: HostRequest, body: Uint8Array): Promise<FileResult> {
    const tell = (value: unknown): void => this.#answer(stream, { value })
    const perform = FILE_CALLS[call]
    if (perform !== undefined) return perform({ stream, args, body, files: this.#files })
    if (call === 'watch') this.#watchers.watch(stream, args[0], tell)
    else if (call === 'watchFile') this.#watchers.watchFile(stream, args, tell)
    else if (call === 'unwatch') this.#watchers.unwatch(args[0] as StreamId)
    else if (call === 'umask') process.umask(args[0] as number)
    else throw new Error(`unknown call ${call}`)
    return {}
  }

  #answer(stream: StreamId, answer: HostAnswer, body: Uint8Array = EMPTY): void {
    const record = packRecord({ head: Buffer.from(JSON.stringify(answer)), body })
    for (let from = 0; from < record.length; from += FRAME_BYTES_MAX) {
      this.#terms.send({ frame: 'data', stream, bytes: record.subarray(from, from + FRAME_BYTES_MAX) })
    }
    this.#terms.flush()
  }
}

function answerOf(error: unknown): HostAnswer {
  const { errno, syscall, code, message } = error as NodeJS.ErrnoException
  if (errno !== undefined && syscall !== undefined) return { errno, syscall }
  return { failed: { code: code ?? 'ERR_LLFT_HOST', message } }
}
