import { llftError, nearest } from '../errors/index.js'
import { type Address, formatAddress, isIpv4 } from './address.js'
import { FENCINGS, OPTIONS, VOTERS_MAX } from './options.js'
import type { LeaseOptions } from './options.js'
import { allGiven, given, numberOf } from './given.js'
import type { RunInput } from './given.js'

/** A lease is asked for four times while it lasts; what clocks may be wrong must leave room for that. */
const DRIFT_SHARE_MAX = 4

/** With fewer, the loss of one part leaves no majority. */
const VOTERS_MIN = 3

/** Where an option stands: in `llft run`, or at a part of a group on several hosts, whose parts are known or not. */
export type Place = 'run' | 'replica' | { readonly parts: readonly Address[]; readonly areFixed: boolean }

/** `--fencing` and what belongs to it; undefined: nothing is fenced, or not by this part. */
export function fencingOf(input: RunInput, place: Place): LeaseOptions | undefined {
  const found = given(input, 'fencing')
  const urls = allGiven(input, 'etcd').map(({ value, origin }) => urlOf(value, origin))
  const kind = FENCINGS.find((name) => name === (found?.value ?? 'none'))
  if (found !== undefined && kind === undefined) {
    throw llftError('LLFT_E_USAGE_FENCING', { ...found, suggestion: nearest(found.value, FENCINGS) ?? 'lease' })
  }
  if (kind !== 'lease' && urls.length > 0) {
    throw contradiction('an etcd is named, and no lease is kept there', '--fencing lease')
  }
  if (kind === undefined || kind === 'none') return undefined
  if (kind === 'lease' && urls.length === 0) {
    throw contradiction('a lease needs a store that grants it', `${OPTIONS.etcd.flag} http://10.0.0.8:2379`)
  }
  const [ttlMs, clockDriftMs] = [numberOf(input, 'leaseTtlMs'), numberOf(input, 'clockDriftMs')]
  if (clockDriftMs > ttlMs / DRIFT_SHARE_MAX) {
    const what = `clocks that may be wrong by ${clockDriftMs} ms leave too little of a lease of ${ttlMs} ms`
    throw contradiction(what, `--lease-ttl-ms ${DRIFT_SHARE_MAX * clockDriftMs}`)
  }
  if (kind === 'lease') return Object.freeze({ kind, etcd: Object.freeze(urls), ttlMs, clockDriftMs })
  const voters = votersOf(place)
  return voters && Object.freeze({ kind, voters: Object.freeze(voters), ttlMs, clockDriftMs })
}

/** Two majorities meet in one voter only if everybody counts the same ones. */
function votersOf(place: Place): readonly Address[] | undefined {
  // Its part votes for whoever asks.
  if (place === 'replica') return undefined
  if (place === 'run') {
    const what = '`majority` is of the parts of a group on several hosts, and `llft run` has one'
    throw contradiction(what, '--fencing none, or start `llft gateway` and `llft replica`')
  }
  const { parts, areFixed } = place
  const name = parts.find(({ host }) => !isIpv4(host))
  if (!areFixed || name !== undefined) {
    const what = `who \`${name?.host ?? 'multicast'}\` stands for may change, and a majority is of fixed parts`
    throw contradiction(what, '--peers 10.0.0.5:7702,10.0.0.6:7702,... with the IPv4 address of every part')
  }
  const voters = [...new Map(parts.map((part) => [formatAddress(part), part])).values()]
  if (voters.length > VOTERS_MAX) throw contradiction(`${voters.length} parts are too many`, `${VOTERS_MAX} at most`)
  if (voters.length >= VOTERS_MIN) return voters
  const what = `with ${voters.length} parts, this one among them, the loss of one leaves no majority`
  throw contradiction(what, `--peers with ${VOTERS_MIN} parts or more, or --fencing lease`)
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
