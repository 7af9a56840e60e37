import * as fs from 'node:fs'
import type { StreamId } from '../../message/index.js'
import { pathOf, statOf } from './file-values.js'

/** What a watcher tells the program: one record each time. */
export type Tell = (value: unknown) => void

/** Watches files for the program; bounded by what it watches. */
export class Watchers {
  readonly #stop = new Map<StreamId, () => void>()

  /** Raises the system's error when the path cannot be watched. */
  watch(stream: StreamId, path: unknown, tell: Tell): void {
    const watcher = fs.watch(pathOf(path), { persistent: false, encoding: 'buffer' })
    watcher.on('change', (event, name) => tell({ event, latin1: Buffer.from(name).toString('latin1') }))
    watcher.on('error', ({ errno }: NodeJS.ErrnoException) => tell({ errno: errno ?? 0 }))
    this.#stop.set(stream, () => watcher.close())
  }

  /** Looks at the file every `interval` milliseconds, and tells how it was and is when that differs. */
  watchFile(stream: StreamId, [path, interval]: readonly unknown[], tell: Tell): void {
    const file = pathOf(path)
    const changed = (now: fs.BigIntStats, before: fs.BigIntStats): void => tell([statOf(now), statOf(before)])
    fs.watchFile(file, { bigint: true, persistent: false, interval: interval as number }, changed)
    this.#stop.set(stream, () => fs.unwatchFile(file, changed as never))
  }

  unwatch(stream: StreamId): void {
    this.#stop.get(stream)?.()
    this.#stop.delete(stream)
  }

  close(): void {
    for (const stream of this.#stop.keys()) this.unwatch(stream)
  }
}
