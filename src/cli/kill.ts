import { EXIT } from '../errors/index.js'
import { findGroup } from './running-group.js'
import type { QueryInput } from './status.js'
import type { Surroundings } from './surroundings.js'

/** `llft kill primary|<id>`: ends a replica's process with SIGKILL, as a crash would. */
export async function kill(target: string, input: QueryInput, surroundings: Surroundings): Promise<number> {
  const killed = await findGroup('kill', input.flags, surroundings).kill(target)
  process.stdout.write(
    input.json ? `${JSON.stringify(killed)}\n` : `${killed.id} (pid ${killed.pid}) ${killed.signal}\n`,
  )
  return EXIT.ok
}
