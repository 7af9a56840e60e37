/** Puts a function in another's place: same name, same length, same kind of property. */
export function replaceFunction<Owner extends object>(
  owner: Owner,
  name: keyof Owner & string,
  replacement: (this: never, ...args: never[]) => unknown,
): void {
  const original = owner[name] as unknown as { readonly name: string; readonly length: number }
  Object.defineProperty(replacement, 'name', { value: original.name, configurable: true })
  Object.defineProperty(replacement, 'length', { value: original.length, configurable: true })
  const descriptor = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, {
    value: replacement,
    writable: true,
    enumerable: descriptor?.enumerable ?? true,
    configurable: true,
  })
}
