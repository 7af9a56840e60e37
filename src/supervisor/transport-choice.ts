import {
  formatLocator,
  locatorOf,
  LOOPBACK,
  probeMulticast,
  RECEIVE_BUFFER_BYTES_MIN,
  SOCKET_BUFFER_BYTES,
} from '../adapters/index.js'
import type { UdpFacts } from '../adapters/index.js'
import type { TransportStatus } from '../admin/index.js'
import type { HostOptions, RunOptions } from '../config/index.js'
import { ETHERNET_LIMITS } from '../core/index.js'
import type { MulticastGroup } from '../driver/index.js'
import { llftError, report } from '../errors/index.js'
import type { LlftError, Report } from '../errors/index.js'
import type { Epoch } from '../message/index.js'

/** Loopback answers within a millisecond, and a start must not wait for a second. */
const PROBE_MS = 800
const GROUP_PORT = 7701
/** Hosts of one local network; no router passes it on. */
const GROUP_TTL = 1

/** How datagrams reach several members of the application group. */
export interface TransportChoice {
  readonly status: TransportStatus
  /** Undefined where each member is sent its own copy. */
  readonly multicast: MulticastGroup | undefined
  readonly datagrams?: 'ethernet'
}

/** All replicas on this host: multicast is probed; `auto` falls back where `multicast` raises an `LlftError`. */
export async function chooseTransport(options: RunOptions, epoch: Epoch): Promise<TransportChoice> {
  if (options.transport === 'unicast') return unicast('loopback')
  const group = groupOf(epoch)
  const result = await probeMulticast(group, LOOPBACK, PROBE_MS)
  if (result.heard) {
    const why = `${formatLocator(group.locator)}, a probe came back in ${result.tookMs.toFixed(1)} ms`
    return { status: { used: 'multicast', why }, multicast: group }
  }
  if (options.transport === 'auto') return unicast(`no multicast: ${result.reason}`)
  throw noMulticast(result.reason, `llft run --transport auto -- ${options.command.join(' ')}`)
}

/**
 * Between hosts: a probe shows that this kernel can; that the network carries it is shown by parts that find each other
 * so, and `auto` wants that. Where it stops to, what is lost is asked for (ADR 5).
 */
export async function chooseBetweenHosts(options: HostOptions, epoch: Epoch): Promise<TransportChoice> {
  const { run, advertise, multicast } = options
  const ethernet = `several hosts, payloads of ${ETHERNET_LIMITS.payloadBytesMax} bytes for Ethernet`
  const byOne = (why: string): TransportChoice => ({ ...unicast(why), datagrams: 'ethernet' })
  if (run.transport === 'unicast') return byOne(ethernet)
  if (run.transport === 'auto' && multicast === undefined) return byOne(`${ethernet}; the parts are known by a list`)
  const group = groupOf(epoch)
  const result = await probeMulticast(group, advertise.host, PROBE_MS)
  if (result.heard) {
    const why = `${formatLocator(group.locator)}, ${ethernet}`
    return { status: { used: 'multicast', why }, multicast: group, datagrams: 'ethernet' }
  }
  if (run.transport === 'auto') return byOne(`${ethernet}; no multicast: ${result.reason}`)
  throw noMulticast(result.reason, 'llft gateway --transport auto ...')
}

function noMulticast(reason: string, command: string): LlftError {
  return llftError('LLFT_E_NET_NO_MULTICAST', { reason, command })
}

/** For a kernel that gives a socket too little room. */
export function bufferWarning({ receiveBufferBytes }: Pick<UdpFacts, 'receiveBufferBytes'>): Report | undefined {
  if (receiveBufferBytes >= RECEIVE_BUFFER_BYTES_MIN) return undefined
  return report('LLFT_W_NET_BUFFERS', { received: receiveBufferBytes, asked: SOCKET_BUFFER_BYTES })
}

function unicast(why: string): TransportChoice {
  return { status: { used: 'unicast', why }, multicast: undefined }
}

/**
 * An address of the range for local use (RFC 2365) that hardly any other group has here; one that does have it has
 * another epoch.
 */
function groupOf(epoch: Epoch): MulticastGroup {
  const [high, low] = [Math.floor(epoch / 256) % 256, epoch % 256]
  const locator = locatorOf({ address: `239.77.${high}.${low}`, port: GROUP_PORT })
  return { locator, ttl: GROUP_TTL }
}
