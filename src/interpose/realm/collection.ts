import type { Realm } from './realm.js'

type Registry = FinalizationRegistry<unknown>

/** Name, length, prototype and descriptors stay as they are. */
type Take = (name: string, replacement: object, real: { readonly prototype: object; readonly length: number }) => void

/**
 * Collection of garbage happens at another time in each replica, so the program must not see it (determinizer.md B7):
 * a `WeakRef` keeps its target, a `FinalizationRegistry` never calls back. Both are allowed by the language. Stands
 * alone: see `Realm`.
 */
export function furnishCollection({ global, define, replace }: Realm): void {
  const takePlace: Take = (name, replacement, real) => {
    Object.defineProperty(replacement, 'name', { value: name, configurable: true })
    Object.defineProperty(replacement, 'length', { value: real.length, configurable: true })
    Object.defineProperty(replacement, 'prototype', { value: real.prototype, writable: false })
    Object.defineProperty(real.prototype, 'constructor', { value: replacement, configurable: true, writable: true })
    define(name, replacement)
  }

  const RealRef = global.WeakRef
  // Entries live as long as the reference itself.
  const targets = new WeakMap<object, unknown>()
  const WeakRef = function (this: unknown, target: unknown): object {
    if (new.target === undefined) return Reflect.apply(RealRef as unknown as () => object, undefined, [])
    const reference = Reflect.construct(RealRef, [target], new.target) as object
    targets.set(reference, target)
    return reference
  }
  takePlace('WeakRef', WeakRef, RealRef)

  const RealRegistry = global.FinalizationRegistry
  const { register, unregister } = RealRegistry.prototype
  /** The tokens that a registry knows: what `unregister` answers must not depend on what was collected. */
  const known = new WeakMap<object, WeakSet<WeakKey>>()
  const FinalizationRegistry = function (this: unknown, cleanup: unknown): object {
    if (new.target === undefined) return Reflect.apply(RealRegistry as unknown as () => object, undefined, [])
    const registry = Reflect.construct(RealRegistry, [cleanup], new.target) as object
    known.set(registry, new WeakSet())
    return registry
  }
  const methods = {
    register(this: Registry, target: WeakKey, held: unknown, token?: WeakKey): void {
      // The native registry checks the arguments, and is left empty.
      const used = token === undefined ? {} : token
      register.call(this, target, held, used)
      unregister.call(this, used)
      if (token !== undefined) known.get(this)?.add(token)
    },
    unregister(this: Registry, token: WeakKey): boolean {
      unregister.call(this, token)
      return known.get(this)?.delete(token) ?? false
    },
  }
  for (const [name, method] of Object.entries(methods)) replace(RealRegistry.prototype, name, method)
  takePlace('FinalizationRegistry', FinalizationRegistry, RealRegistry)
}
