import type { Realm } from './realm.js'

/**
 * The program's `Date`: a function that shares the original's prototype, so that `instanceof`, subclasses and older
 * dates keep working (determinizer.md B3). Only "now" comes from `nowMs`. Stands alone: see `Realm`.
 */
export function furnishDate({ global, define }: Realm, nowMs: () => number): void {
  const Original = global.Date
  const replacement = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new Original(nowMs()).toString()
    if (new.target !== (replacement as unknown))
      return Reflect.construct(Original, args.length === 0 ? [nowMs()] : args, new.target)
    if (args.length === 0) return new Original(nowMs())
    if (args.length === 1) return new Original(args[0] as number)
    return Reflect.construct(Original, args)
  }
  const now = { now: (): number => nowMs() }.now
  Object.defineProperty(now, 'length', { value: 0, configurable: true })
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Original))) {
    Object.defineProperty(replacement, name, name === 'now' ? { ...descriptor, value: now } : descriptor)
  }
  // What `new date.constructor()` makes.
  Object.defineProperty(Original.prototype, 'constructor', {
    value: replacement,
    writable: true,
    enumerable: false,
    configurable: true,
  })
  define('Date', replacement)
}
