import type { BigIntStats } from 'node:fs'
import type { BytePath } from '../../driver/index.js'

/** A path as a replica asks with it. */
export function pathOf(path: unknown): string | Buffer {
  return typeof path === 'string' ? path : Buffer.from((path as BytePath).latin1, 'latin1')
}

/** In the order of the binding: seconds and nanoseconds apart. As text, because some are larger than a double holds. */
export function statOf(stats: BigIntStats): readonly string[] {
  const { dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks } = stats
  const times = [stats.atimeNs, stats.mtimeNs, stats.ctimeNs, stats.birthtimeNs]
  const parts = times.flatMap((ns) => [ns / 1_000_000_000n, ns % 1_000_000_000n])
  return [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, ...parts].map(String)
}
