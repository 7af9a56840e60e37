import type { Binding, BindingName, NativeClass, NativeFunction } from './edge-internals.js'
import type { CoreTerms } from './edge-terms.js'
import { installAddonRefusal } from './refuse-addons.js'
import { installClockRefusals } from './refuse-clocks.js'
import type { RefusalCode } from './refusal.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'

interface Refused {
  readonly binding: BindingName
  readonly code: RefusalCode
  readonly call: string
  readonly functions?: readonly string[]
  readonly classes?: readonly string[]
  /** What a class is made with says that nothing is wrong with it. */
  readonly unless?: (given: readonly unknown[]) => boolean
}

/** What cannot be ordered yet, by the functions and classes of Node's bindings that it comes down to. */
const REFUSED: readonly Refused[] = [
  {
    binding: 'inspector',
    code: 'LLFT_E_REFUSED_INSPECTOR',
    call: 'inspector.open()',
    functions: ['open', 'waitForDebugger', 'callAndPauseOnStart'],
    classes: ['Connection', 'MainThreadConnection'],
  },
  {
    binding: 'heap_utils',
    code: 'LLFT_E_REFUSED_HEAP',
    call: 'v8.getHeapSnapshot()',
    functions: ['createHeapSnapshotStream'],
  },
  {
    binding: 'heap_utils',
    code: 'LLFT_E_REFUSED_FILE_WRITE',
    call: 'v8.writeHeapSnapshot()',
    functions: ['triggerHeapSnapshot'],
  },
  {
    binding: 'report',
    code: 'LLFT_E_REFUSED_FILE_WRITE',
    call: 'process.report.writeReport()',
    functions: ['writeReport'],
  },
  { binding: 'ffi', code: 'LLFT_E_REFUSED_ADDON', call: 'ffi.dlopen()', classes: ['DynamicLibrary'] },
  {
    binding: 'sqlite',
    code: 'LLFT_E_REFUSED_SQLITE',
    call: 'new DatabaseSync()',
    functions: ['backup'],
    classes: ['DatabaseSync'],
  },
  {
    binding: 'webstorage',
    code: 'LLFT_E_REFUSED_SQLITE',
    call: 'localStorage',
    classes: ['Storage'],
    // That of a session lives in memory, and has no more than keys and values.
    unless: ([, path]) => path === ':memory:',
  },
  { binding: 'wasi', code: 'LLFT_E_REFUSED_FILE_WRITE', call: 'new WASI()', classes: ['WASI'] },
]

/** Refusals happen inside operations only: LLFT's own code is not concerned. */
export function installRefusals(terms: CoreTerms): void {
  for (const refused of REFUSED) {
    const binding = terms.internals.bindingIfAny(refused.binding)
    if (binding === undefined) continue
    for (const name of refused.functions ?? []) refuseFunction(terms, { owner: binding, name }, refused)
    for (const name of refused.classes ?? []) refuseClass(terms, { owner: binding, name }, refused)
  }
  installProcessRefusals(terms)
  installAddonRefusal(terms)
  installClockRefusals(terms)
}

type Reason = Pick<Refused, 'code' | 'call' | 'unless'>

interface Member {
  readonly owner: Binding
  readonly name: string
}

/** For as long as the program runs. */
export function refuseFunction({ operations }: CoreTerms, { owner, name }: Member, reason: Reason): void {
  const real = owner[name]
  if (typeof real !== 'function') return
  owner[name] = (...parameters: unknown[]): unknown => {
    if (operations.inside) throw refusal(reason.code, reason.call)
    return (real as NativeFunction)(...parameters)
  }
}

/** The same for a class. */
export function refuseClass({ operations }: CoreTerms, { owner, name }: Member, reason: Reason): void {
  const real = owner[name]
  if (typeof real !== 'function') return
  const refusing = function (...parameters: unknown[]): object {
    if (operations.inside && reason.unless?.(parameters) !== true) throw refusal(reason.code, reason.call)
    return Reflect.construct(real as NativeClass, parameters, new.target ?? real) as object
  }
  Object.defineProperty(refusing, 'name', { value: name, configurable: true })
  refusing.prototype = (real as NativeClass).prototype as object
  Object.setPrototypeOf(refusing, real)
  owner[name] = refusing
}

/** Functions that were copied while Node started, so that replacing them in their bindings would come too late. */
function installProcessRefusals(terms: CoreTerms): void {
  const owner = process as unknown as Binding
  const vm = terms.internals.module<Binding>('vm')
  const fs = terms.internals.module<Binding>('fs')
  const heap = terms.internals.module<Binding>('internal/heap_utils')
  const copied: readonly (readonly [Member, Reason])[] = [
    [
      { owner: fs, name: 'openAsBlob' },
      { code: 'LLFT_E_REFUSED_FILE_BLOB', call: 'fs.openAsBlob()' },
    ],
    [
      { owner, name: '_debugProcess' },
      { code: 'LLFT_E_REFUSED_INSPECTOR', call: 'process._debugProcess()' },
    ],
    [
      { owner, name: '_debugEnd' },
      { code: 'LLFT_E_REFUSED_INSPECTOR', call: 'process._debugEnd()' },
    ],
    [
      { owner, name: 'execve' },
      { code: 'LLFT_E_REFUSED_EXECVE', call: 'process.execve()' },
    ],
    [
      { owner: vm, name: 'measureMemory' },
      { code: 'LLFT_E_REFUSED_HEAP', call: 'vm.measureMemory()' },
    ],
    [
      { owner: heap, name: 'queryObjects' },
      { code: 'LLFT_E_REFUSED_HEAP', call: 'v8.queryObjects()' },
    ],
  ]
  for (const [member, reason] of copied) if (member.name in member.owner) refuseMethod(terms, member, reason)
}

function refuseMethod({ operations }: CoreTerms, { owner, name }: Member, reason: Reason): void {
  const real = owner[name] as NativeFunction
  replaceFunction(owner, name, function (this: unknown, ...parameters: unknown[]): unknown {
    if (operations.inside) throw refusal(reason.code, reason.call)
    return Reflect.apply(real, this, parameters)
  })
}
