import type { NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { refusal } from '../refusal.js'
import { ChildPipe } from './child-pipe.js'
import { ChildProcessHandle } from './child-process.js'
import { Children } from './children.js'
import { spawnSync } from './spawn-sync.js'

/**
 * Child processes run at the console (ADR 31): started once, and not ended by the end of a primary. What they say, and
 * how they end, comes as messages.
 */
export function installProcesses(terms: EdgeTerms): void {
  const { internals, operations, host, descriptors } = terms
  const children = new Children(descriptors)
  replaceClass(terms, { binding: 'process_wrap', name: 'Process' }, () => new ChildProcessHandle(terms, children))
  const pipes = internals.binding('pipe_wrap')
  const { SERVER } = pipes['constants'] as { readonly SERVER: number }
  replaceClass(terms, { binding: 'pipe_wrap', name: 'Pipe' }, (type) => {
    if (type === SERVER) throw refusal('LLFT_E_REFUSED_PIPE', 'net.listen()')
    return new ChildPipe(terms)
  })
  const binding = internals.binding('spawn_sync')
  const real = binding['spawn'] as NativeFunction
  binding['spawn'] = (options: Parameters<typeof spawnSync>[2]): unknown =>
    operations.inside ? spawnSync(host, children, options) : real(options)
}

interface Place {
  readonly binding: 'process_wrap' | 'pipe_wrap'
  readonly name: string
}

/** LLFT's own code still gets native handles. */
function replaceClass(terms: EdgeTerms, { binding, name }: Place, make: (type: unknown) => object): void {
  const owner = terms.internals.binding(binding)
  const real = owner[name] as NativeClass
  const replacement = function (type: unknown): object {
    return terms.operations.inside ? make(type) : new real(type)
  }
  Object.defineProperty(replacement, 'name', { value: name, configurable: true })
  replacement.prototype = real.prototype as object
  Object.defineProperty(replacement, Symbol.hasInstance, {
    value: (handle: unknown) =>
      handle instanceof (name === 'Pipe' ? ChildPipe : ChildProcessHandle) || real[Symbol.hasInstance](handle),
  })
  owner[name] = replacement
}
