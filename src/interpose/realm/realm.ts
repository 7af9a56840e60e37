/**
 * The globals of one realm, the program's main one or one that `node:vm` made. What furnishes a realm is compiled
 * again inside each, so that functions which the program sees are functions of that realm: it takes all it uses from
 * its parameters and from the realm's own globals, never from an import.
 */
export interface Realm {
  readonly global: typeof globalThis
  /** Puts a global in place, as the language's own are: not enumerable. */
  readonly define: (name: string, value: unknown) => void
  /** Puts a function in another's place: same name, same length, same kind of property. */
  readonly replace: (owner: object, name: string, replacement: (this: never, ...args: never[]) => unknown) => void
}

/** Stands alone, as all that it gives to a realm. */
export function makeRealm(): Realm {
  const global = globalThis
  return {
    global,
    define(name, value) {
      Object.defineProperty(global, name, { value, writable: true, enumerable: false, configurable: true })
    },
    replace(owner, name, replacement) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor
      const original = (descriptor.value ?? descriptor.get) as { readonly name: string; readonly length: number }
      Object.defineProperty(replacement, 'name', { value: original.name, configurable: true })
      Object.defineProperty(replacement, 'length', { value: original.length, configurable: true })
      const changed = 'value' in descriptor ? { value: replacement } : { get: replacement }
      Object.defineProperty(owner, name, { ...descriptor, ...changed } as PropertyDescriptor)
    },
  }
}
