import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { ChildStart, FromChild, ToChild } from '../../driver/index.js'
import type { OpenFiles } from './open-files.js'
import { wire } from './wiring.js'

export interface ChildTerms {
  readonly files: OpenFiles
  /** What a child prints on the program's own output. */
  readonly print: (fd: 1 | 2, bytes: Uint8Array) => void
  readonly tell: (message: FromChild, bytes?: Uint8Array) => void
}

/** Starts a process as asked; raises the system's error when there is none. */
export async function startProcess(
  start: ChildStart,
  terms: Pick<ChildTerms, 'files' | 'print'>,
): Promise<ChildProcess> {
  const { file, args, cwd, env, detached, uid, gid, wiring } = start
  const wired = wire(wiring, terms.files)
  const child = spawn(file, args.slice(1), {
    argv0: args[0] ?? file,
    cwd,
    detached,
    stdio: wired.stdio,
    ...(env === undefined ? {} : { env: environmentOf(env) }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  })
  wired.release()
  for (const [fd, to] of wired.printed) child.stdio[fd]?.on('data', (bytes: Uint8Array) => terms.print(to, bytes))
  if (child.pid === undefined) throw (await once(child, 'error'))[0] as Error
  return child
}

function environmentOf(pairs: readonly string[]): NodeJS.ProcessEnv {
  const split = (pair: string): readonly [string, string] => {
    const at = pair.indexOf('=', 1)
    return [pair.slice(0, at), pair.slice(at + 1)]
  }
  return Object.fromEntries(pairs.map(split))
}

/**
 * What the program has written before, the child still gets: to the program it had left already, which is why it may
 * close the pipe so soon.
 */
function close(stream: Readable | Writable | null | undefined): void {
  if (stream instanceof Socket && stream.writable) stream.destroySoon()
  else if (stream instanceof Socket && stream.writableLength > 0) stream.once('finish', () => stream.destroy())
  else stream?.destroy()
}

/** A child process of the program: what it says goes to the replicas, in order. */
export class Child {
  readonly #terms: ChildTerms
  readonly #process: ChildProcess
  readonly #piped: readonly number[]
  /** Descriptors of which the program takes nothing at the moment. */
  readonly #stopped = new Set<number>()
  #congested = false

  constructor(process: ChildProcess, { wiring }: ChildStart, terms: ChildTerms) {
    this.#terms = terms
    this.#process = process
    this.#piped = wiring.flatMap(({ to }, fd) => (to === 'pipe' ? fd : []))
    for (const fd of this.#piped) this.#listen(fd)
    process.on('exit', (code, signal) => terms.tell({ from: 'exit', code: code ?? 0, signal: signal ?? '' }))
    // How it ended is said by `exit`.
    process.on('error', () => undefined)
  }

  get pid(): number {
    return this.#process.pid as number
  }

  /** Whether the process was there to get it. */
  kill(signal: number): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#process.kill(signal)
  }

  take(message: ToChild, bytes: Uint8Array): void {
    const stream = this.#process.stdio[message.fd]
    if (message.to === 'flow') {
      if (message.on) this.#stopped.delete(message.fd)
      else this.#stopped.add(message.fd)
      this.#flow(message.fd)
    } else if (message.to === 'close') close(stream)
    else if (stream !== null && stream !== undefined && 'write' in stream) {
      if (message.to === 'write') stream.write(bytes)
      else stream.end()
    }
  }

  /** The way to the replicas is full, or free again. */
  congest(congested: boolean): void {
    this.#congested = congested
    for (const fd of this.#piped) this.#flow(fd)
  }

  #listen(fd: number): void {
    const stream = this.#process.stdio[fd] as Readable | Writable
    const { tell } = this.#terms
    stream.on('error', ({ errno }: NodeJS.ErrnoException) => tell({ from: 'broken', fd, errno: errno ?? 0 }))
    if (!('read' in stream)) return
    stream.on('data', (bytes: Uint8Array) => tell({ from: 'data', fd }, bytes))
    // A stream that fails, because the child has died with something unread, ends too.
    stream.on('close', () => tell({ from: 'end', fd }))
  }

  #flow(fd: number): void {
    const stream = this.#process.stdio[fd]
    if (stream === null || stream === undefined || !('read' in stream)) return
    if (this.#congested || this.#stopped.has(fd)) stream.pause()
    else stream.resume()
  }
}
