import { llftError, nearest } from '../errors/index.js'
import { FENCINGS, OPTIONS } from './options.js'
import type { LeaseOptions } from './options.js'
import { allGiven, given, numberOf } from './given.js'
import type { RunInput } from './given.js'

/** A lease is asked for four times while it lasts; what clocks may be wrong must leave room for that. */
const DRIFT_SHARE_MAX = 4

/** `--fencing` and what belongs to it; undefined: nothing is fenced. */
export function fencingOf(input: RunInput): LeaseOptions | undefined {
  const found = given(input, 'fencing')
  const urls = allGiven(input, 'etcd').map(({ value, origin }) => urlOf(value, origin))
  const kind = FENCINGS.find((name) => name === (found?.value ?? 'none'))
  if (found !== undefined && kind === undefined) {
    throw llftError('LLFT_E_USAGE_FENCING', { ...found, suggestion: nearest(found.value, FENCINGS) ?? 'lease' })
  }
  if (kind === 'none') {
    if (urls.length > 0) throw contradiction('an etcd is named, and nothing is fenced', '--fencing lease')
    return undefined
  }
  if (urls.length === 0) {
    throw contradiction('a lease needs a store that grants it', `${OPTIONS.etcd.flag} http://10.0.0.8:2379`)
  }
  const [ttlMs, clockDriftMs] = [numberOf(input, 'leaseTtlMs'), numberOf(input, 'clockDriftMs')]
  if (clockDriftMs > ttlMs / DRIFT_SHARE_MAX) {
    const what = `clocks that may be wrong by ${clockDriftMs} ms leave too little of a lease of ${ttlMs} ms`
    throw contradiction(what, `--lease-ttl-ms ${DRIFT_SHARE_MAX * clockDriftMs}`)
  }
  return Object.freeze({ etcd: Object.freeze(urls), ttlMs, clockDriftMs })
}

function contradiction(what: string, fix: string): Error {
  return llftError('LLFT_E_CONFIG_FENCING', { what, fix })
}

/** Without a slash at its end. */
function urlOf(value: string, origin: string): string {
  const match = /^https?:\/\/[\w.:[\]-]+(?=\/?$)/.exec(value)
  if (match !== null) return match[0]
  const reason = 'it must be the address of an etcd member, with http:// or https:// and nothing behind its port'
  throw llftError('LLFT_E_USAGE_ADDRESS', { value, origin, reason, example: 'http://10.0.0.8:2379' })
}
