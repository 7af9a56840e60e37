import { GROUP } from '../message/index.js'
import type { Operations } from './operations.js'

export type OutputFd = 1 | 2

/** A frame stays below a datagram's size. */
const FRAME_OUTPUT_BYTES_MAX = 32 * 1024

/** What the program prints: a stream of the group, which the console shows once (determinizer.md A11). */
export function print(operations: Operations, fd: OutputFd, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; from += FRAME_OUTPUT_BYTES_MAX) {
    const part = bytes.subarray(from, from + FRAME_OUTPUT_BYTES_MAX)
    operations.submit(GROUP.console, { frame: 'output', fd, bytes: part })
  }
}
