import { HOST_BODY_BYTES_MAX } from '../../driver/index.js'
import type { ChildResult } from '../../driver/index.js'
import type { Host } from '../host/host.js'
import type { Children } from './children.js'
import { childStart, type SpawnOptions, type Stdio } from './spawn-options.js'

interface SpawnSyncOptions extends SpawnOptions {
  readonly stdio: readonly (Stdio & { readonly input?: ArrayBufferView })[]
  readonly timeout?: number
  readonly maxBuffer?: number
  readonly killSignal?: number
}

/** What the binding returns. */
interface SpawnSyncResult {
  readonly pid: number
  readonly status: number | null
  readonly signal: string | null
  readonly output: readonly (Buffer | null)[] | null
  readonly error?: number
}

/** `spawnSync`, `execSync`, `execFileSync`: the program waits, and gets what the one child has said. */
export function spawnSync(host: Host, children: Children, options: SpawnSyncOptions): SpawnSyncResult {
  const { timeout, maxBuffer, killSignal } = options
  const limits = { timeoutMs: timeout, outputBytesMax: Number.isFinite(maxBuffer) ? maxBuffer : undefined, killSignal }
  const input = options.stdio[0]?.input
  const body = input === undefined ? undefined : Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  const stream = host.next
  const start = { ...childStart(options, children.descriptors), limits }
  const answer = host.now({ call: 'spawnSync', args: [start] }, body)
  if (answer.errno !== undefined) return { pid: 0, status: null, signal: null, output: null, error: answer.errno }
  const { pid, code, signal, errno, outputLengths } = answer.value as ChildResult
  const output = outputLengths.map((length, fd) => (length === null ? null : fetch(host, stream, { fd, length })))
  host.tell({ call: 'forget', args: [stream] })
  const failed = errno === 0 ? {} : { error: errno }
  return { pid, status: code, signal, output: pid === 0 ? null : output, ...failed }
}

function fetch(host: Host, stream: number, { fd, length }: { fd: number; length: number }): Buffer {
  const parts: Uint8Array[] = []
  for (let from = 0; from < length; from += HOST_BODY_BYTES_MAX) {
    parts.push(host.now({ call: 'output', args: [stream, fd, from, HOST_BODY_BYTES_MAX] }).body)
  }
  return Buffer.concat(parts)
}
