import type { Binding, NativeFunction } from './edge-internals.js'
import type { CoreTerms } from './edge-terms.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'

/**
 * Packages whose native part is known to work synchronously and to start no thread. Nothing tells so beforehand
 * (determinizer.md B4), so everything else is refused; libraries that can do without an add-on catch this.
 */
const SYNCHRONOUS = ['better-sqlite3', 'bufferutil', 'utf-8-validate'] as const

const PACKAGE_OF_FILE = /.*[/\\]node_modules[/\\](?<name>(?:@[^/\\]+[/\\])?[^/\\]+)/

export function installAddonRefusal({ operations }: CoreTerms): void {
  const real = Reflect.get(process, 'dlopen') as NativeFunction
  const allowed: readonly string[] = SYNCHRONOUS
  const dlopen = (module: unknown, file: unknown, ...rest: unknown[]): unknown => {
    const name = PACKAGE_OF_FILE.exec(String(file))?.groups?.['name'] ?? ''
    if (operations.inside && !allowed.includes(name)) throw refusal('LLFT_E_REFUSED_ADDON', `loading ${String(file)}`)
    return Reflect.apply(real, process, [module, file, ...rest])
  }
  replaceFunction(process as unknown as Binding, 'dlopen', dlopen)
}
