import { nodeFiles } from './node-files.js'

const { closeSync, openSync, readSync } = nodeFiles
import type { Entropy } from '../driver/index.js'

/**
 * The kernel's randomness. Read from the device, because `node:crypto` must not be loaded in a replica before the
 * determinizer has its hooks in (determinizer.md part B, section 3).
 */
export class SystemEntropy implements Entropy {
  identity(): number {
    const bytes = this.bytes(7)
    let value = (bytes[0] as number) & 31
    for (const byte of bytes.subarray(1)) value = value * 256 + byte
    return Math.max(1, value)
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    const device = openSync('/dev/urandom', 'r')
    try {
      let filled = 0
      while (filled < count) filled += readSync(device, bytes, filled, count - filled, null)
    } finally {
      closeSync(device)
    }
    return bytes
  }
}
