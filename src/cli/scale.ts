import type { ScaleResult } from '../admin/index.js'
import { EXIT } from '../errors/index.js'
import { findGroup } from './running-group.js'
import type { QueryInput } from './status.js'
import type { Surroundings } from './surroundings.js'

/** `llft add`: one replica more; it is told of by `llft events` when it has caught up. */
export async function add(input: QueryInput, surroundings: Surroundings): Promise<number> {
  const done = await findGroup('add', input.flags, surroundings).add()
  return tell(done, input, `${done.id} is starting, ${done.wanted} replicas are wanted`)
}

/** `llft remove primary|<id>`: one replica less. */
export async function remove(target: string, input: QueryInput, surroundings: Surroundings): Promise<number> {
  const done = await findGroup('remove', input.flags, surroundings).remove(target)
  return tell(done, input, `${done.id} is removed, ${done.wanted} replicas are wanted`)
}

function tell(done: ScaleResult, { json }: QueryInput, words: string): number {
  process.stdout.write(`${json ? JSON.stringify(done) : words}\n`)
  return EXIT.ok
}
