import type { Binding, BindingName, NativeClass, NativeFunction } from '../edge-internals.js'
import type { CoreTerms } from '../edge-terms.js'
import { calledByLoader } from '../files/loader.js'
import type { Internals } from '../internals.js'
import { refuseClass, refuseFunction } from '../refuse.js'
import { refusal, type RefusalCode } from '../refusal.js'

const CODE: RefusalCode = 'LLFT_E_REFUSED_IN_WORKER'

/** What the main thread puts in order, by the functions and classes of Node's bindings that it comes down to. */
const ORDERED_ELSEWHERE: readonly {
  readonly binding: BindingName
  readonly call: string
  readonly functions?: readonly string[]
  readonly classes?: readonly string[]
}[] = [
  { binding: 'tcp_wrap', call: 'a TCP connection', classes: ['TCP', 'TCPConnectWrap'] },
  { binding: 'pipe_wrap', call: 'a pipe', classes: ['Pipe'] },
  { binding: 'udp_wrap', call: 'a UDP socket', classes: ['UDP'] },
  { binding: 'http2', call: 'an HTTP/2 session', classes: ['Http2Session'] },
  { binding: 'tls_wrap', call: 'a TLS connection', functions: ['wrap'] },
  {
    binding: 'cares_wrap',
    call: 'looking up a name',
    functions: ['getaddrinfo', 'getnameinfo'],
    classes: ['ChannelWrap'],
  },
  { binding: 'process_wrap', call: 'a child process', classes: ['Process'] },
  { binding: 'spawn_sync', call: 'a child process', functions: ['spawn'] },
  { binding: 'signal_wrap', call: 'a signal handler', classes: ['Signal'] },
  { binding: 'tty_wrap', call: 'a terminal', classes: ['TTY'] },
  { binding: 'fs_event_wrap', call: 'fs.watch()', classes: ['FSEvent'] },
  // All threads have them in common; the main thread alone takes them in its own order.
  { binding: 'locks', call: 'navigator.locks', functions: ['request', 'query'] },
]

/** What would let a thread hear of others, or of itself, at a moment of its own: copied while the thread started. */
const COPIED: readonly (readonly [module: string, name: string, code: RefusalCode])[] = [
  ['worker_threads', 'MessageChannel', CODE],
  ['worker_threads', 'BroadcastChannel', CODE],
  ['worker_threads', 'moveMessagePortToContext', CODE],
  ['worker_threads', 'postMessageToThread', CODE],
  ['worker_threads', 'Worker', 'LLFT_E_REFUSED_WORKER'],
  ['module', 'register', 'LLFT_E_REFUSED_WORKER'],
  ['internal/perf/event_loop_utilization', 'eventLoopUtilization', CODE],
]

/**
 * A thread does what its messages make it do, in their order. Whatever else would enter it later is refused where it is
 * begun, and so is what differs between replicas.
 */
export function installThreadRefusals(core: CoreTerms, internals: Internals): void {
  for (const { binding: name, call, functions, classes } of ORDERED_ELSEWHERE) {
    const owner = core.internals.bindingIfAny(name)
    if (owner === undefined) continue
    for (const name of functions ?? []) refuseFunction(core, { owner, name }, { code: CODE, call })
    for (const name of classes ?? []) refuseClass(core, { owner, name }, { code: CODE, call })
  }
  refuseFiles(core)
  refuseTimers(core, internals)
  refuseThreadPool(core)
  refuseThreads(core)
}

/** Files are the main thread's; the loaders read code. */
function refuseFiles(core: CoreTerms): void {
  const { internals, operations } = core
  for (const name of ['fs', 'fs_dir'] as const) {
    const binding = internals.binding(name)
    for (const [member, real] of Object.entries(binding)) {
      if (typeof real !== 'function') continue
      if ('prototype' in real) {
        for (const name of ['run', 'start']) {
          refuseFunction(core, { owner: real.prototype, name }, { code: CODE, call: `fs.${member}` })
        }
        continue
      }
      binding[member] = (...given: unknown[]): unknown => {
        if (operations.inside && !calledByLoader()) throw refusal(CODE, `fs.${member}()`)
        return Reflect.apply(real, binding, given)
      }
    }
  }
  // The ES module loader of Node 20, which would go on at a moment of the thread pool's.
  const promises = internals.module<{ exports: Binding }>('internal/fs/promises').exports
  const { readFileSync } = internals.module<{ readFileSync: NativeFunction }>('fs')
  const readFile = promises['readFile'] as NativeFunction
  promises['readFile'] = async (...given: unknown[]): Promise<unknown> =>
    calledByLoader() ? readFileSync(...given) : readFile(...given)
}

/** Every timer asks for the time of the loop before it is set, every immediate has the loop stay alive. */
function refuseTimers({ operations }: CoreTerms, { timers }: Internals): void {
  const { getLibuvNow, toggleImmediateRef, immediateInfo } = timers
  timers.getLibuvNow = (): number => {
    if (operations.inside) throw refusal(CODE, 'a timer')
    return getLibuvNow.call(timers)
  }
  timers.toggleImmediateRef = (ref): void => {
    if (operations.inside && ref) {
      immediateInfo.fill(0, 0, 2)
      throw refusal(CODE, 'setImmediate()')
    }
    toggleImmediateRef.call(timers, ref)
  }
}

/** What is done at once may be done. */
function refuseThreadPool({ internals, operations }: CoreTerms): void {
  const crypto = internals.binding('crypto')
  for (const name of Object.keys(crypto)) {
    if (!name.endsWith('Job') || name === 'RandomBytesJob') continue
    const real = crypto[name] as NativeClass
    const job = function (mode: unknown, ...parameters: readonly unknown[]): object {
      if (operations.inside && mode !== crypto['kCryptoJobSync']) throw refusal(CODE, 'work of the thread pool')
      return new real(mode, ...parameters)
    }
    job.prototype = real.prototype as object
    crypto[name] = job
  }
  for (const coder of Object.values(internals.binding('zlib'))) {
    const prototype = (coder as { readonly prototype?: Binding }).prototype
    if (prototype === undefined || !('write' in prototype)) continue
    refuseFunction({ internals, operations }, { owner: prototype, name: 'write' }, { code: CODE, call: 'zlib' })
  }
}

function refuseThreads({ internals }: CoreTerms): void {
  for (const [module, name, code] of COPIED) {
    const owner = internals.module<Binding>(module)
    const real = owner[name] as NativeClass | undefined
    if (real === undefined) continue
    const refusing = function (): never {
      throw refusal(code, name)
    }
    Object.defineProperty(refusing, 'name', { value: name, configurable: true })
    refusing.prototype = real.prototype as object
    owner[name] = refusing
    if (Reflect.get(globalThis, name) === real) Reflect.set(globalThis, name, refusing)
  }
}
