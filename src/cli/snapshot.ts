import { EXIT } from '../errors/index.js'
import { findGroup } from './running-group.js'
import type { QueryInput } from './status.js'
import type { Surroundings } from './surroundings.js'

/** `llft snapshot`: returns when the program goes on in fresh replicas, from what it has saved. */
export async function snapshot(input: QueryInput, surroundings: Surroundings): Promise<number> {
  const done = await findGroup('snapshot', input.flags, surroundings).snapshot()
  const { generation, replicas, streams, bytes, pausedMs } = done
  const words =
    `generation ${generation} goes on from ${(bytes / 1024).toFixed(1)} KiB in ${replicas.join(', ')}; ` +
    `${streams} connections moved, clients waited ${pausedMs.toFixed(1)} ms`
  process.stdout.write(`${input.json ? JSON.stringify(done) : words}\n`)
  return EXIT.ok
}
