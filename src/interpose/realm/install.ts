import { furnishMainRealm, type Sources } from './furnish.js'
import { installContexts } from './contexts.js'
import type { Internals } from '../internals.js'

/** The globals of every realm of the program. */
export function installRealms(internals: Internals, sources: Sources, isOn: (hook: string) => boolean): void {
  furnishMainRealm(sources, isOn)
  installContexts(internals, sources, isOn)
}
