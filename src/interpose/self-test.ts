import { type Internals, TESTED_MAJORS } from './internals.js'

/** Modules that copy what the determinizer replaces; if one is loaded already, it would bypass the hooks. */
const MUST_NOT_BE_LOADED = [
  'crypto',
  'net',
  'http',
  'perf_hooks',
  'internal/perf/performance',
  'os',
  'v8',
  'worker_threads',
]

/** Checks every hook point before anything is replaced; returns why the determinizer cannot work here, or undefined. */
export function selfTest(internals: Internals, force: boolean): string | undefined {
  const major = Number.parseInt(process.versions.node, 10)
  if (!TESTED_MAJORS.includes(major) && !force) {
    return `Node ${process.versions.node} has not been tested; tested: ${TESTED_MAJORS.join(', ')}`
  }
  const missing = missingShape(internals)
  if (missing !== undefined) return `Node ${process.versions.node} has no usable ${missing}`
  const loaded = loadedTooEarly()
  if (loaded !== undefined) return `${loaded} was loaded before LLFT; it must be the first preload`
  if (internals.timersModule.timerListQueue.peek() !== undefined) return 'a timer was started before LLFT'
  if (!timersPairWorks(internals)) return 'the timer callbacks do not behave as expected'
  if (!trampolineIsCalled(internals)) return 'the callback trampoline is not called'
  return undefined
}

function missingShape(internals: Internals): string | undefined {
  const { asyncWrap, asyncHooks, timers, timersModule, errors, processMethods, performance } = internals
  const functions: Record<string, unknown> = {
    'setCallbackTrampoline': asyncWrap.setCallbackTrampoline,
    'emitBefore': asyncHooks.emitBefore,
    'emitAfter': asyncHooks.emitAfter,
    'pushAsyncContext': asyncHooks.pushAsyncContext,
    'popAsyncContext': asyncHooks.popAsyncContext,
    'setupTimers': timers.setupTimers,
    'getLibuvNow': timers.getLibuvNow,
    'scheduleTimer': timers.scheduleTimer,
    'toggleTimerRef': timers.toggleTimerRef,
    'toggleImmediateRef': timers.toggleImmediateRef,
    'getTimerCallbacks': timersModule.getTimerCallbacks,
    'triggerUncaughtException': errors.triggerUncaughtException,
    'hrtime': processMethods.hrtime,
    'hrtimeBigInt': processMethods.hrtimeBigInt,
    'reallyExit': processMethods.reallyExit,
    'performance.now': performance.now,
    'crc32': internals.zlib.crc32,
    'tickCallback': internals.drainTicks,
    'utcDate': internals.module<{ utcDate?: unknown }>('internal/http').utcDate,
    'perf/utils.now': internals.module<{ now?: unknown }>('internal/perf/utils').now,
    'RandomBytesJob': internals.binding<{ RandomBytesJob?: unknown }>('crypto').RandomBytesJob,
  }
  for (const [name, value] of Object.entries(functions)) if (typeof value !== 'function') return name
  if (!(asyncWrap.async_id_fields instanceof Float64Array)) return 'async_id_fields'
  if (!(timers.immediateInfo instanceof Uint32Array)) return 'immediateInfo'
  return undefined
}

function loadedTooEarly(): string | undefined {
  const list = (process as unknown as { readonly moduleLoadList: readonly string[] }).moduleLoadList
  return MUST_NOT_BE_LOADED.find((name) => list.includes(`NativeModule ${name}`))
}

function timersPairWorks(internals: Internals): boolean {
  const pair = internals.timersModule.getTimerCallbacks(() => undefined)
  pair.processImmediate()
  return pair.processTimers(internals.timers.getLibuvNow()) === 0
}

/** A JSStream calls from C++ into JavaScript at once, so the way of every completion can be tried without waiting. */
function trampolineIsCalled(internals: Internals): boolean {
  interface Stream {
    onreadstart: () => number
    readStart(): void
  }
  const { asyncWrap } = internals
  const fields = asyncWrap.async_hook_fields
  const flag = asyncWrap.constants.kUsesExecutionAsyncResource
  const before = fields[flag] as number
  let called = false
  const { JSStream } = internals.binding<{ readonly JSStream: new () => Stream }>('js_stream')
  const stream = new JSStream()
  stream.onreadstart = (): number => 0
  asyncWrap.setCallbackTrampoline(function (_asyncId, _resource, callback, ...args) {
    called = true
    return Reflect.apply(callback, this, args)
  })
  fields[flag] = 1
  stream.readStart()
  fields[flag] = before
  asyncWrap.setCallbackTrampoline(undefined)
  return called
}
