import type { GroupEvent } from '../admin/index.js'
import { EXIT } from '../errors/index.js'
import { renderEvent } from './event-text.js'
import { findGroup } from './running-group.js'
import type { QueryInput } from './status.js'
import { makeStyle, wantsColor } from './style.js'
import type { Surroundings } from './surroundings.js'

export interface EventsInput extends QueryInput {
  readonly follow: boolean
}

/** `llft events`: what happened to the membership; with `-f` also what happens, until the group ends. */
export async function events(input: EventsInput, surroundings: Surroundings): Promise<number> {
  const group = findGroup('events', input.flags, surroundings)
  const style = makeStyle(wantsColor(surroundings.env, process.stdout.isTTY))
  const print = (event: GroupEvent): void => {
    process.stdout.write(`${input.json ? JSON.stringify(event) : renderEvent(event, style)}\n`)
  }
  // Whoever reads may stop reading: `llft events -f | head`.
  process.stdout.on('error', () => process.exit(EXIT.ok))
  if (input.follow) await group.follow(print)
  else for (const event of await group.events()) print(event)
  return EXIT.ok
}
