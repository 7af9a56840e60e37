import type { Internals } from './internals.js'
import { type Operations, VALUE_SOURCE } from './operations.js'
import { replaceFunction } from './replace.js'

const NS_PER_MS = 1e6
const NS_PER_SECOND = 1e9

/** What counts the time since the program began. */
export interface Elapsed {
  readonly elapsedNs: () => number
  readonly timeOriginMs: number
  /** The value of this thread's own clock that an event of Node's carries, as the program must see it. */
  fromOwnElapsed(ownMs: number): number
}

export interface TimeTerms {
  readonly internals: Internals
  readonly operations: Operations
  readonly clocks: Elapsed
  readonly nowMs: () => number
  readonly isOn: (hook: string) => boolean
}

/**
 * Every clock that a program can read is recorded call by call: `while (Date.now() < t)` must come to its end. Those
 * of the language itself are in `realm`.
 */
export function installTime(terms: TimeTerms): void {
  const { isOn } = terms
  if (isOn('utcDate')) installUtcDate(terms)
  if (isOn('date')) installLog(terms)
  if (isOn('hrtime')) installHrtime(terms)
  if (isOn('performance')) installPerformance(terms)
}

/** `util.log` of Node 20 and 22 puts the time before what it prints, by a clock that it has from Node's start. */
function installLog({ internals }: TimeTerms): void {
  const util = internals.module<{ log?: (...words: unknown[]) => void; format: (...words: unknown[]) => string }>(
    'util',
  )
  if (util.log === undefined) return
  const timestamp = (): string => {
    const [, month, day, , time] = new Date().toString().split(' ')
    return `${Number(day)} ${month} ${time}`
  }
  replaceFunction(util as Required<typeof util>, 'log', (...words: unknown[]) => {
    // oxlint-disable-next-line no-console -- that is what it does
    console.log('%s - %s', timestamp(), util.format(...words))
  })
}

/** The HTTP `Date` header. Node's own keeps it by a timer; ours asks per response, so that a history costs no timer. */
function installUtcDate(terms: TimeTerms): void {
  const Original = Object.getPrototypeOf(new Date(0)) as Date
  let cached = ''
  let cachedSecond = -1
  const http = terms.internals.module<{ utcDate: () => string }>('internal/http')
  http.utcDate = (): string => {
    const ms = terms.nowMs()
    const second = Math.floor(ms / 1000)
    if (second !== cachedSecond) {
      cachedSecond = second
      cached = Original.toUTCString.call(new Date(ms))
    }
    return cached
  }
}

/** Node's `process.hrtime` looks the binding's function up at each call, so copies taken early obey as well. */
function installHrtime(terms: TimeTerms): void {
  const { operations, clocks } = terms
  const methods = terms.internals.processMethods
  const words = new Uint32Array(methods.hrtimeBuffer.buffer, methods.hrtimeBuffer.byteOffset, 3)
  const whole = new BigUint64Array(methods.hrtimeBuffer.buffer, methods.hrtimeBuffer.byteOffset, 1)
  const nowNs = (): number => operations.recordNumber(VALUE_SOURCE.hrtime, clocks.elapsedNs)
  methods.hrtime = (): void => {
    const ns = nowNs()
    const seconds = Math.floor(ns / NS_PER_SECOND)
    words[0] = Math.floor(seconds / 2 ** 32)
    words[1] = seconds >>> 0
    words[2] = ns % NS_PER_SECOND
  }
  methods.hrtimeBigInt = (): void => {
    whole[0] = BigInt(nowNs())
  }
}

function installPerformance(terms: TimeTerms): void {
  const { operations, clocks, internals } = terms
  const nowNs = (): number => operations.recordNumber(VALUE_SOURCE.performance, clocks.elapsedNs)
  const utils = internals.module<{
    now: () => number
    getMilestoneTimestamp: (index: number) => number
    getTimeOriginTimestamp: () => number
  }>('internal/perf/utils')
  const { getMilestoneTimestamp } = utils
  utils.now = (): number => nowNs() / NS_PER_MS
  utils.getTimeOriginTimestamp = (): number => clocks.timeOriginMs
  utils.getMilestoneTimestamp = (index): number =>
    operations.recordNumber(VALUE_SOURCE.fact, () => getMilestoneTimestamp(index))
  replaceFunction(process, 'uptime', () => nowNs() / NS_PER_SECOND)
  installEventTimeStamp(terms)
}

/** An event keeps the local time of its making, which Node's bootstrap took out of reach; it is recorded when read. */
function installEventTimeStamp(terms: TimeTerms): void {
  const { operations, clocks } = terms
  const descriptor = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp')
  const getter = descriptor?.get as () => number
  const known = new WeakMap<object, number>()
  const replaced = Object.getOwnPropertyDescriptor(
    {
      get timeStamp(): number {
        const ownMs = Reflect.apply(getter, this, [])
        let ms = known.get(this)
        if (ms === undefined) {
          ms = operations.recordNumber(VALUE_SOURCE.performance, () => clocks.fromOwnElapsed(ownMs)) / NS_PER_MS
          known.set(this, ms)
        }
        return ms
      },
    },
    'timeStamp',
  )?.get as () => number
  Object.defineProperty(Event.prototype, 'timeStamp', { ...descriptor, get: replaced })
}
