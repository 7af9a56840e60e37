import type { EventEmitter } from 'node:events'
import type { Binding, NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import type { OsBinding } from '../facts/host.js'
import { refuseClass } from '../refuse.js'
import { refusal } from '../refusal.js'
import { replaceFunction } from '../replace.js'
import { Lines, Outbound } from './lines.js'
import { findShared } from './shared.js'
import { superviseWorker } from './started-worker.js'
import type { HostFacts, LineToThread, Port, Seat, ThreadData, ToThread } from './terms.js'

/** What of the options concerns the thread itself. */
interface Options {
  readonly env?: unknown
  readonly execArgv?: unknown
  readonly stdin?: unknown
  readonly workerData?: unknown
  readonly transferList?: unknown
}

interface Started {
  readonly host: HostFacts
  readonly seat: Seat
  /** In the data of the worker. */
  readonly shared: readonly SharedArrayBuffer[]
  readonly lines: readonly LineToThread[]
}

const CALL = 'new Worker()'
const SEED_BYTES = 32

/**
 * Workers (ADR 37): each replica runs them all. A worker is a state machine of its own, whose input is the messages of
 * the main thread; what it posts, and its end, become operations of the main thread in the order of the primary.
 */
export function installWorkers(terms: EdgeTerms): void {
  const { internals, operations } = terms
  let starting = false
  let host: HostFacts | undefined
  const binding = internals.binding('worker')
  const reason = { code: 'LLFT_E_REFUSED_WORKER', call: CALL, unless: () => starting } as const
  refuseClass(terms, { owner: binding, name: 'Worker' }, reason)
  const threads = internals.module<Binding>('worker_threads')
  const { MessagePort } = internals.binding('messaging') as { MessagePort: NativeClass }
  const lines = new Lines(terms, MessagePort)
  lines.install(threads)
  const outbounds = new WeakMap<object, Outbound>()
  const Original = threads['Worker'] as NativeClass
  const construct = (target: NativeClass, [file, given]: readonly unknown[], newTarget: NativeClass): object => {
    if (!operations.inside) return Reflect.construct(target, [file, given], newTarget)
    const options = Object(given) as Options
    refuseOptions(options)
    const outbound = new Outbound()
    const handover = lines.hand(options.transferList, { outbound, call: CALL })
    const shared = findShared(options.workerData, CALL)
    host ??= hostFacts(internals.binding('os') as unknown as OsBinding)
    const seat = seatFor(terms)
    starting = true
    try {
      const started = { host, seat, shared, lines: handover.lines }
      const worker = Reflect.construct(target, [file, optionsOf(terms, options, started)], newTarget)
      handover.done()
      outbounds.set(worker, outbound)
      superviseWorker(terms, worker as EventEmitter, seat.thread)
      return worker
    } catch (error) {
      terms.threads.order.removeThread(seat.thread)
      throw error
    } finally {
      starting = false
    }
  }
  const Replacement = new Proxy(Original, {
    construct: (target, parameters, newTarget) => construct(target, parameters, newTarget as NativeClass),
  })
  Object.defineProperty(Original.prototype, 'constructor', { value: Replacement, writable: true, configurable: true })
  threads['Worker'] = Replacement
  installPost(terms, Original.prototype as Binding, { lines, outbounds })
  installCommon(terms, threads)
}

/** Node's own checks of the options come first, where it has some. */
function refuseOptions({ env, execArgv, stdin }: Options): void {
  const own = process.execArgv
  const isOwn =
    Array.isArray(execArgv) && execArgv.length === own.length && execArgv.every((word, at) => word === own[at])
  const shares = typeof env === 'symbol'
  if ((Array.isArray(execArgv) && !isOwn) || shares || Boolean(stdin)) throw refusal('LLFT_E_REFUSED_WORKER', CALL)
}

/**
 * The flags of the main thread, by which a thread has our preload, are lost with an environment or with flags of its
 * own; so the environment is handed over by ourselves.
 */
function optionsOf(terms: EdgeTerms, given: Options, { host, seat, shared, lines }: Started): object {
  const { env, execArgv, workerData } = given
  const transfer: unknown = given.transferList ?? []
  const isOther = typeof env === 'object' && env !== null && env !== process.env
  const data: ThreadData = {
    llftThread: {
      seed: drawSeed(terms),
      startedMs: terms.operationMs(),
      pid: process.pid,
      ppid: process.ppid,
      hostname: terms.internals.module<{ hostname: () => string }>('os').hostname(),
      host,
      ...seat,
      folder: process.cwd(),
      env: isOther ? Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])) : undefined,
    },
    workerData,
    buffers: shared.map((buffer) => terms.threads.buffers.share(buffer)),
    lines,
  }
  return Object.create(given, {
    workerData: { value: data },
    ...(Array.isArray(transfer) ? { transferList: { value: [...(transfer as unknown[]), seat.tell] } } : {}),
    ...(isOther ? { env: { value: undefined } } : {}),
    ...(Array.isArray(execArgv) ? { execArgv: { value: undefined } } : {}),
  }) as object
}

/** Its place among the threads, and the port by which it tells that their order goes on. */
function seatFor({ internals, operations, threads }: EdgeTerms): Seat {
  const numbers = threads.order.addThread()
  if (numbers === undefined) throw refusal('LLFT_E_REFUSED_WORKER', CALL)
  const { MessageChannel } = internals.module<{ MessageChannel: new () => Readonly<Record<string, Port>> }>(
    'worker_threads',
  )
  return operations.outside(() => {
    const { port1, port2 } = new MessageChannel() as { port1: Port; port2: Port }
    port1.on('message', () => operations.threads.serve())
    port1.unref()
    return { order: threads.order.memory, ...numbers, tell: port2 }
  })
}

/** Recorded, as whenever the program asks. */
function hostFacts(os: OsBinding): HostFacts {
  return { cpus: os.getCPUs({}), parallelism: os.getAvailableParallelism(), memory: os.getTotalMem() }
}

function drawSeed({ internals }: EdgeTerms): string {
  const { RandomBytesJob, kCryptoJobSync } = internals.binding('crypto') as {
    RandomBytesJob: new (mode: unknown, buffer: ArrayBuffer, offset: number, size: number) => { run(): unknown }
    kCryptoJobSync: unknown
  }
  const seed = new ArrayBuffer(SEED_BYTES)
  new RandomBytesJob(kCryptoJobSync, seed, 0, SEED_BYTES).run()
  return Buffer.from(seed).toString('hex')
}

function installPost(
  { operations, operationMs, threads }: EdgeTerms,
  prototype: Binding,
  { lines, outbounds }: { lines: Lines; outbounds: WeakMap<object, Outbound> },
): void {
  const real = prototype['postMessage'] as NativeFunction
  const call = 'worker.postMessage()'
  replaceFunction(prototype, 'postMessage', function (this: object, ...given: unknown[]): unknown {
    const [message, transfer] = given
    const outbound = outbounds.get(this)
    if (!operations.inside || given.length === 0 || outbound === undefined) return Reflect.apply(real, this, given)
    const handover = lines.hand(transfer, { outbound, call })
    const shared = findShared(message, call).map((buffer) => threads.buffers.share(buffer))
    const envelope: ToThread = [operationMs(), message, shared, outbound.stamp(0), handover.lines]
    const result = outbound.attempt(0, () => Reflect.apply(real, this, [envelope, ...given.slice(1)]))
    handover.done()
    return result
  })
}

/** What all threads of a process have in common. */
function installCommon({ operations }: EdgeTerms, threads: Binding): void {
  const share = threads['setEnvironmentData'] as NativeFunction
  replaceFunction(threads, 'setEnvironmentData', (...given: unknown[]): unknown => {
    const call = 'worker_threads.setEnvironmentData()'
    if (operations.inside && findShared(given, call).length > 0) throw refusal('LLFT_E_REFUSED_SHARED_MEMORY', call)
    return share(...given)
  })
  const send = threads['postMessageToThread'] as NativeFunction | undefined
  if (send === undefined) return
  replaceFunction(threads, 'postMessageToThread', (...given: unknown[]): unknown => {
    if (operations.inside) throw refusal('LLFT_E_REFUSED_WORKER', 'worker_threads.postMessageToThread()')
    return send(...given)
  })
}
