/**
 * Looks into a machine of the core whose private fields have been opened (`#name` written as `$name` in a copy of the
 * compiled core), so that the explorer can copy its state and compare it with others. Whoever opens it also shrinks the
 * chunks of its logs.
 */

/** Shared by all copies: nothing in them changes. */
const CONSTANT: ReadonlySet<string> = new Set(['$terms', '$limits', 'limits', 'identity', 'terms'])

/**
 * Fields that cannot matter in the scopes explored, and would make equal states look different: round-trip estimates
 * and back-off (all retransmission delays are zero), counts towards bounds that are never reached, windows that are
 * never shut, when the last report left (the next is always due), what was handed on already.
 */
const IMMATERIAL: ReadonlySet<string> = new Set([
  '$now',
  'now',
  '$smoothed',
  '$variance',
  '$backoff',
  '$timedSequence',
  '$timedAt',
  '$delayMin',
  '$span',
  '$delayMax',
  '$unreported',
  '$passed',
  '$asked',
  '$answeredUpTo',
  'bytesLimit',
  '$advertised',
  'keptBytes',
  '$keptBytesSaid',
  '$taken',
  '$waitingBytes',
  '$unackedBytes',
  'unackedBytes',
  'reportedAt',
  'reportedUpTo',
  'repeats',
  '$outputs',
  'outputs',
])

/** Instants so far ahead are not told apart: nothing waits for them but what the explorer lets happen at the end. */
const FAR = 1e6
const INSTANT = /(?:At|By|[uU]ntil|[dD]eadline|^at)$/

interface Log {
  readonly first: number
  readonly next: number
  get(index: number): Uint8Array
}

type Fields = Record<string, unknown>

/** An independent copy of a machine. There are no closures in it. */
export function copyOf<T extends object>(machine: T): T {
  const done = new Map<object, object>()
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Uint8Array) return value.slice()
    const known = done.get(value)
    if (known !== undefined) return known
    if (Array.isArray(value)) return value.map(copy)
    if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, copy(each)]))
    if (value instanceof Set) return new Set(value)
    const made = Object.create(Object.getPrototypeOf(value) as object | null) as Fields
    done.set(value, made)
    for (const [key, each] of Object.entries(value)) {
      if (typeof each === 'function') throw new Error(`a machine of the core has a closure: ${key}`)
      made[key] = CONSTANT.has(key) ? each : copy(each)
    }
    return made
  }
  return copy(machine) as T
}

/** The whole state in one text, instants relative to `now`: equal for two machines that cannot be told apart. */
export function textOf(machine: object, now: number): string {
  const seen = new Map<object, number>()
  const object = (value: object): string => {
    if (value instanceof Uint8Array) return `<${value.join(' ')}>`
    if (Array.isArray(value)) return `[${value.map((each) => text(each)).join()}]`
    if (value instanceof Map)
      return `{${[...value]
        .map(([key, each]) => `${key}=${text(each)}`)
        .toSorted()
        .join()}}`
    if (value instanceof Set) return `{${[...value].map(String).toSorted().join()}}`
    const plain = Object.getPrototypeOf(value) === Object.prototype
    if (!plain) {
      const before = seen.get(value)
      if (before !== undefined) return `^${before}`
      seen.set(value, seen.size)
      if (value.constructor.name === 'RecordLog') return logText(value as Log)
    }
    const keys = plain ? Object.keys(value).toSorted() : Object.keys(value)
    return `(${keys.map((key) => field(key, (value as Fields)[key])).join('')})`
  }
  const text = (value: unknown): string => (typeof value === 'object' && value !== null ? object(value) : String(value))
  const field = (key: string, value: unknown): string => {
    if (CONSTANT.has(key) || IMMATERIAL.has(key) || typeof value === 'function') return ''
    if (typeof value === 'number' && INSTANT.test(key)) {
      return `${key}:${value - now > FAR ? 'far' : Math.max(0, value - now)};`
    }
    return `${key}:${text(value)};`
  }
  return text(machine)
}

function logText(log: Log): string {
  const records: string[] = []
  for (let index = log.first; index < log.next; index++) records.push(log.get(index).join(' '))
  return `${log.first}|${records.join('|')}`
}

const FIRST_PRIME = 2_654_435_761
const SECOND_PRIME = 1_597_334_677
const HALF = 0x20_0000

/** 53 bits of a text: two states of a million share them with a chance of one in ten thousand. */
export function hashOf(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) as number
    high = Math.imul(high ^ code, FIRST_PRIME)
    low = Math.imul(low ^ code, SECOND_PRIME)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return (low >>> 0) + ((high >>> 0) % HALF) * 0x1_0000_0000
}
