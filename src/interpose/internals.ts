import { createRequire } from 'node:module'
import { type ContextFrames, contextFrames } from './versions.js'

/**
 * The one door to Node's internals (determinizer.md A2). They are no public API: every shape used is typed here,
 * checked by `selfTest`, and known for the versions in `TESTED_MAJORS` only. Needs `--expose-internals`.
 */
export interface Internals {
  /** A C++ binding by name, for facilities that need one which is not listed here. */
  readonly binding: <Shape>(name: string) => Shape
  /** A JavaScript module of Node's own, `internal/...`. */
  readonly module: <Shape>(name: string) => Shape
  readonly asyncWrap: AsyncWrapBinding
  readonly asyncHooks: AsyncHooksModule
  readonly timers: TimersBinding
  readonly timersModule: TimersModule
  readonly contextFrames: ContextFrames
  readonly errors: { triggerUncaughtException(error: unknown, fromPromise: boolean): void }
  readonly processMethods: ProcessMethodsBinding
  readonly performance: PerformanceBinding
  readonly zlib: { crc32(bytes: Uint8Array | string, seed: number): number }
  /** Runs what is due in the tick queue and all microtasks, as Node does after each callback from C++. */
  readonly drainTicks: () => void
}

type Callable = (...args: unknown[]) => unknown

export type Trampoline = (
  this: unknown,
  asyncId: number,
  resource: object,
  callback: Callable,
  ...args: unknown[]
) => unknown

export interface AsyncWrapBinding {
  setCallbackTrampoline(trampoline: Trampoline | undefined): void
  readonly async_hook_fields: Uint32Array
  readonly async_id_fields: Float64Array
  readonly execution_async_resources: object[]
  readonly constants: Readonly<
    Record<
      | 'kInit'
      | 'kBefore'
      | 'kAfter'
      | 'kTotals'
      | 'kStackLength'
      | 'kUsesExecutionAsyncResource'
      | 'kExecutionAsyncId'
      | 'kTriggerAsyncId'
      | 'kAsyncIdCounter',
      number
    >
  >
}

export interface AsyncHooksModule {
  emitBefore(asyncId: number, triggerAsyncId: number, resource: object): void
  emitAfter(asyncId: number): void
  pushAsyncContext(asyncId: number, triggerAsyncId: number, resource: object): void
  popAsyncContext(asyncId: number): void
  readonly nativeHooks: { before(asyncId: number): void; after(asyncId: number): void }
}

export interface TimersBinding {
  setupTimers(onImmediate: () => void, onTimers: (nowMs: number) => number): void
  getLibuvNow(): number
  scheduleTimer(delayMs: number): void
  toggleTimerRef(ref: boolean): void
  toggleImmediateRef(ref: boolean): void
  /** Count, count of referenced ones, and whether an exception has left some unrun. */
  readonly immediateInfo: Uint32Array
  /** Count of referenced timers. */
  readonly timeoutInfo: Int32Array
}

export interface TimersModule {
  getTimerCallbacks(runNextTicks: () => void): {
    readonly processImmediate: () => void
    /** Returns the next expiry, negative when only unreferenced timers are left, 0 when there are none. */
    readonly processTimers: (nowMs: number) => number
  }
  readonly timerListQueue: { peek(): { readonly expiry: number } | undefined }
  /** What the next round of immediates will run. */
  readonly immediateQueue: { readonly head: QueuedImmediate | null }
}

export interface QueuedImmediate {
  readonly _idleNext: QueuedImmediate | null
  hasRef(): boolean
}

export interface ProcessMethodsBinding {
  hrtime(): void
  hrtimeBigInt(): void
  readonly hrtimeBuffer: Uint32Array
  reallyExit(code: number): never
  _kill(pid: number, signal: number): number
  _rawDebug(text: string): void
}

export interface PerformanceBinding {
  now(): number
  loopIdleTime(): number
  uvMetricsInfo(): unknown
  readonly uvMetricsBuffer?: Int32Array
  createELDHistogram(...terms: unknown[]): object
  installGarbageCollectionTracking(): void
  removeGarbageCollectionTracking(): void
  milestones: Float64Array
  observerCounts: Uint32Array
  readonly constants: Readonly<Record<string, number>>
}

/** Major versions of Node on which the whole determinizer has been run. */
export const TESTED_MAJORS: readonly number[] = [20, 22, 24, 26]

/** Opens the door. Throws when the process was started without `--expose-internals`. */
export function openInternals(): Internals {
  const load = createRequire(import.meta.url)
  const emitWarning = process.emitWarning
  // The module warns when it is loaded; the program's standard error must not show that.
  process.emitWarning = (): void => undefined
  let binding: Internals['binding']
  try {
    binding = (load('internal/test/binding') as { readonly internalBinding: Internals['binding'] }).internalBinding
  } finally {
    process.emitWarning = emitWarning
  }
  return {
    binding,
    module: load as Internals['module'],
    asyncWrap: binding('async_wrap'),
    asyncHooks: load('internal/async_hooks') as AsyncHooksModule,
    timers: binding('timers'),
    timersModule: load('internal/timers') as TimersModule,
    contextFrames: contextFrames(load as Internals['module']),
    errors: binding('errors'),
    processMethods: binding('process_methods'),
    performance: binding('performance'),
    zlib: binding('zlib'),
    drainTicks: (process as unknown as { readonly _tickCallback: () => void })._tickCallback,
  }
}
