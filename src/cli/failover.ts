import { EXIT } from '../errors/index.js'
import { findGroup } from './running-group.js'
import type { QueryInput } from './status.js'
import type { Surroundings } from './surroundings.js'

export interface FailoverInput extends QueryInput {
  readonly to: string | undefined
}

/** `llft failover [--to id]`: the primary leaves its place to a backup; returns when the backup leads. */
export async function failover(input: FailoverInput, surroundings: Surroundings): Promise<number> {
  const done = await findGroup('failover', input.flags, surroundings).failover(input.to)
  const words = `${done.to} is primary instead of ${done.from}, view ${done.view}, after ${done.tookMs.toFixed(1)} ms`
  process.stdout.write(`${input.json ? JSON.stringify(done) : words}\n`)
  return EXIT.ok
}
