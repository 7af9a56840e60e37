import { llftError } from '../errors/index.js'
import type { Address } from './address.js'
import { isIpv4, parseAddress } from './address.js'
import type { RunOptions } from './options.js'
import { allGiven, given, numberOf } from './given.js'
import { resolveRunOptions } from './resolve.js'
import type { RunInput } from './given.js'

/** What one part of a group on several hosts is told: a replica's host, or the gateway. */
export interface HostOptions {
  readonly run: RunOptions
  /** Own IPv4 address and port, as the others reach them. */
  readonly advertise: Address
  /** Where the other parts are. */
  readonly peers: readonly Address[]
  /** The group to which the parts say that they are there; undefined where `peers` has them all. */
  readonly multicast: Address | undefined
  /** A host that says nothing for so long is given up. */
  readonly hostSilenceMs: number
}

/** What stands for the program at a gateway, which does not run it. */
const ELSEWHERE = ['(on', 'other', 'hosts)']

/** `llft replica`: the command is the program's. */
export function resolveReplicaOptions(input: RunInput): HostOptions {
  return hostOptions(input, resolveRunOptions(named(input), 'replica'), partsOf(input))
}

/** `llft gateway`: one replica on each peer, unless a number is given. */
export function resolveGatewayOptions(input: RunInput): HostOptions {
  const elsewhere = { ...named(input), command: ELSEWHERE }
  const parts = partsOf(input)
  const { advertise, peers, multicast } = parts
  const run = resolveRunOptions(elsewhere, { parts: [...peers, advertise], areFixed: multicast === undefined })
  // How many will be heard nobody knows.
  const known = given(input, 'replicas') !== undefined || multicast !== undefined
  const replicas = known ? run.replicas : Math.max(1, peers.length)
  return hostOptions(input, { ...run, replicas }, parts)
}

type Parts = Pick<HostOptions, 'advertise' | 'peers' | 'multicast'>

function hostOptions(input: RunInput, run: RunOptions, parts: Parts): HostOptions {
  return Object.freeze<HostOptions>({ run, ...parts, hostSilenceMs: numberOf(input, 'hostSilenceMs') })
}

function partsOf(input: RunInput): Parts {
  const advertise = given(input, 'advertise')
  if (advertise === undefined) throw missing('--advertise', '10.0.0.4:7702')
  const peers = allGiven(input, 'peers')
  if (peers.length === 0) throw missing('--peers', '10.0.0.5:7702,10.0.0.6:7702')
  const listed = peers.filter(({ value }) => !isMulticast(value))
  const hello = peers.find(({ value }) => isMulticast(value))
  return {
    advertise: ownAddress(advertise.value, advertise.origin),
    peers: Object.freeze(listed.map(({ value, origin }) => parseAddress(value, origin))),
    multicast: hello && multicastOf(hello.value, hello.origin),
  }
}

/** Parts find each other by the group's name: it is not guessed from a folder. */
function named(input: RunInput): RunInput {
  const group = given(input, 'group')
  if (group === undefined) throw missing('--group', 'shop')
  return { ...input, flags: { ...input.flags, name: [group.value] } }
}

/** Of the range for local use (RFC 2365), beside the addresses of groups. */
const HELLO: Address = { host: '239.77.0.1', port: 7703 }
const MULTICAST_MIN = 224
const MULTICAST_MAX = 239

function isMulticast(value: string): boolean {
  return value === 'multicast' || value.startsWith('multicast:')
}

/** `multicast`, or `multicast:address:port`. */
function multicastOf(value: string, origin: string): Address {
  if (value === 'multicast') return HELLO
  const address = parseAddress(value.slice('multicast:'.length), origin)
  const octets = address.host.split('.').map(Number)
  const [first = 0] = octets
  const isOctets = octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255)
  if (isOctets && first >= MULTICAST_MIN && first <= MULTICAST_MAX && address.port > 0) return address
  const reason = 'after `multicast:` stands an IPv4 multicast address and a port'
  throw llftError('LLFT_E_USAGE_ADDRESS', { value, origin, reason, example: `multicast:${HELLO.host}:${HELLO.port}` })
}

/** Datagrams name their members by IPv4 address and port. */
function ownAddress(value: string, origin: string): Address {
  const address = parseAddress(value, origin)
  if (isIpv4(address.host) && address.port > 0) return address
  const reason = 'it must be an IPv4 address of this host and a port'
  throw llftError('LLFT_E_USAGE_ADDRESS', { value, origin, reason, example: '10.0.0.4:7702' })
}

function missing(flag: string, example: string): Error {
  return llftError('LLFT_E_USAGE_MISSING_OPTION', { flag, example })
}
