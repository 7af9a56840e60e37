import type { Input, Output } from './descriptors.js'

const STREAMS: ReadonlyMap<unknown, Input | Output> = new Map<string, Input | Output>(
  [['stdin'], ['stdout'], ['stderr']].flatMap(([name], fd) => {
    const stream: Input | Output = fd === 0 ? { kind: 'input' } : { kind: 'output', fd: fd === 1 ? 1 : 2 }
    return [`/dev/${name}`, `/dev/fd/${fd}`, `/proc/self/fd/${fd}`].map((path) => [path, stream] as const)
  }),
)

/** The standard stream that a path names: at the console, whatever this process has there. */
export function standardStream(path: unknown): Input | Output | undefined {
  return STREAMS.get(path)
}
