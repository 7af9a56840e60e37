import { llftError } from '../errors/index.js'
import type { Address } from './address.js'
import { parseAddress } from './address.js'
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
  /** A host that says nothing for so long is given up. */
  readonly hostSilenceMs: number
}

/** What stands for the program at a gateway, which does not run it. */
const ELSEWHERE = ['(on', 'other', 'hosts)']

/** `llft replica`: the command is the program's. */
export function resolveReplicaOptions(input: RunInput): HostOptions {
  return hostOptions(input, resolveRunOptions(named(input)))
}

/** `llft gateway`: one replica on each peer, unless a number is given. */
export function resolveGatewayOptions(input: RunInput): HostOptions {
  const run = resolveRunOptions({ ...named(input), command: ELSEWHERE })
  const peers = allGiven(input, 'peers').length
  const replicas = given(input, 'replicas') === undefined ? Math.max(1, peers) : run.replicas
  return hostOptions(input, { ...run, replicas, transport: 'unicast' })
}

function hostOptions(input: RunInput, run: RunOptions): HostOptions {
  const advertise = given(input, 'advertise')
  if (advertise === undefined) throw missing('--advertise', '10.0.0.4:7702')
  const peers = allGiven(input, 'peers')
  if (peers.length === 0) throw missing('--peers', '10.0.0.5:7702,10.0.0.6:7702')
  return Object.freeze<HostOptions>({
    run,
    advertise: ownAddress(advertise.value, advertise.origin),
    peers: Object.freeze(peers.map(({ value, origin }) => parseAddress(value, origin))),
    hostSilenceMs: numberOf(input, 'hostSilenceMs'),
  })
}

/** Parts find each other by the group's name: it is not guessed from a folder. */
function named(input: RunInput): RunInput {
  const group = given(input, 'group')
  if (group === undefined) throw missing('--group', 'shop')
  return { ...input, flags: { ...input.flags, name: [group.value] } }
}

/** Datagrams name their members by IPv4 address and port. */
function ownAddress(value: string, origin: string): Address {
  const address = parseAddress(value, origin)
  const octets = address.host.split('.')
  const isIpv4 = octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)
  if (isIpv4 && address.port > 0) return address
  const reason = 'it must be an IPv4 address of this host and a port'
  throw llftError('LLFT_E_USAGE_ADDRESS', { value, origin, reason, example: '10.0.0.4:7702' })
}

function missing(flag: string, example: string): Error {
  return llftError('LLFT_E_USAGE_MISSING_OPTION', { flag, example })
}
