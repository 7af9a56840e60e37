import { armTrampoline, nodesTrampoline } from '../completions.js'
import type { Internals, Trampoline } from '../internals.js'
import { refusal } from '../refusal.js'

/** What enters a thread comes by its ports; whatever else does was not refused where it was begun, and is here. */
export function installThreadTrampoline(internals: Internals): void {
  const { MessagePort } = internals.binding<{ readonly MessagePort: new () => object }>('messaging')
  const pass = nodesTrampoline(internals)
  const trampoline: Trampoline = function (asyncId, resource, callback, ...args) {
    if (asyncId !== 0 && !(this instanceof MessagePort)) throw refusal('LLFT_E_REFUSED_IN_WORKER', 'a callback')
    return Reflect.apply(pass, this, [asyncId, resource, callback, ...args])
  }
  armTrampoline(internals, trampoline)
}
