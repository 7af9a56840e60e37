import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import type { ChildLimits, ChildResult, ChildWiring } from '../../driver/index.js'

/** What all versions of Node say instead of too much. */
const { ENOBUFS, ETIMEDOUT } = constants.errno

/** A child that the program waits for: its output is kept until the program has fetched it. */
export class FinishedChild {
  readonly result: ChildResult
  readonly #output: readonly (Buffer | null)[]

  private constructor(result: Omit<ChildResult, 'outputLengths'>, output: readonly (Buffer | null)[]) {
    this.#output = output
    this.result = { ...result, outputLengths: output.map((bytes) => bytes?.length ?? null) }
  }

  static failed(errno: number, wiring: readonly ChildWiring[]): FinishedChild {
    const output = wiring.map(() => null)
    return new FinishedChild({ pid: 0, code: null, signal: null, errno }, output)
  }

  /** Resolves when it has ended and all that it said is here. */
  static async of(child: ChildProcess, limits: ChildLimits, input: Uint8Array): Promise<FinishedChild> {
    const { timeoutMs, outputBytesMax = Infinity, killSignal } = limits
    let errno = 0
    const stop = (why: number): void => {
      errno ||= -why
      child.kill(killSignal ?? 'SIGTERM')
    }
    const timer = timeoutMs === undefined || timeoutMs === 0 ? undefined : setTimeout(() => stop(ETIMEDOUT), timeoutMs)
    const collected = child.stdio.map((stream, fd) => {
      if (fd === 0 || stream === null || stream === undefined || !('read' in stream)) return null
      return collect(stream, outputBytesMax, () => stop(ENOBUFS))
    })
    const [stdin] = child.stdio
    stdin?.on('error', () => undefined)
    stdin?.end(input)
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]))
    })
    clearTimeout(timer)
    const output = collected.map((parts) => (parts === null ? null : Buffer.concat(parts)))
    return new FinishedChild({ pid: child.pid ?? 0, code, signal, errno }, output)
  }

  output(fd: number, from: number, length: number): Uint8Array {
    return this.#output[fd]?.subarray(from, from + length) ?? new Uint8Array(0)
  }
}

/** Keeps what comes up to the piece with which it is too much, as Node does. */
function collect(stream: Readable, bytesMax: number, overflowed: () => void): readonly Buffer[] {
  const parts: Buffer[] = []
  let room = bytesMax
  stream.on('data', (bytes: Buffer) => {
    if (room >= 0) parts.push(bytes)
    room -= bytes.length
    if (room < 0) overflowed()
  })
  return parts
}
