/**
 * The program's `Date`: a function that shares the original's prototype, so that `instanceof`, subclasses and older
 * dates keep working (determinizer.md B3). Only "now" comes from `nowMs`.
 */
export function makeDate(nowMs: () => number): DateConstructor {
  const Original = globalThis.Date
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
  return replacement as unknown as DateConstructor
}

/** Installs it as the global, and as what `new date.constructor()` makes. */
export function installDate(nowMs: () => number): void {
  const Replacement = makeDate(nowMs)
  Object.defineProperty(Replacement.prototype, 'constructor', {
    value: Replacement,
    writable: true,
    enumerable: false,
    configurable: true,
  })
  Object.defineProperty(globalThis, 'Date', {
    value: Replacement,
    writable: true,
    enumerable: false,
    configurable: true,
  })
}
