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
import type { RunOptions } from '../config/index.js'
import type { MulticastGroup } from '../driver/index.js'
import { llftError, report } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { Epoch } from '../message/index.js'

/** Loopback answers within a millisecond, and a start must not wait for a second. */
const PROBE_MS = 800
const GROUP_PORT = 7701
/** All replicas are on this host. */
const GROUP_TTL = 1

/** How datagrams reach several members of the application group. */
export interface TransportChoice {
  readonly status: TransportStatus
  /** Undefined where each member is sent its own copy. */
  readonly multicast: MulticastGroup | undefined
  readonly datagrams?: 'ethernet'
}

/** Multicast is probed before it is used; `auto` falls back where `multicast` raises an `LlftError`. */
export async function chooseTransport(options: RunOptions, epoch: Epoch): Promise<TransportChoice> {
  if (options.transport === 'unicast') return unicast('loopback')
  const group = groupOf(epoch)
  const result = await probeMulticast(group, LOOPBACK, PROBE_MS)
  if (result.heard) {
    const why = `${formatLocator(group.locator)}, a probe came back in ${result.tookMs.toFixed(1)} ms`
    return { status: { used: 'multicast', why }, multicast: group }
  }
  if (options.transport === 'auto') return unicast(`no multicast: ${result.reason}`)
  throw llftError('LLFT_E_NET_NO_MULTICAST', { reason: result.reason, command: options.command.join(' ') })
}

/** For a kernel that gives a socket too little room. */
export function bufferWarning({ receiveBufferBytes }: Pick<UdpFacts, 'receiveBufferBytes'>): Report | undefined {
  if (receiveBufferBytes >= RECEIVE_BUFFER_BYTES_MIN) return undefined
  return report('LLFT_W_NET_BUFFERS', { received: receiveBufferBytes, asked: SOCKET_BUFFER_BYTES })
}

export function unicast(why: string): TransportChoice {
  return { status: { used: 'unicast', why }, multicast: undefined }
}

/**
 * An address of the range for local use (RFC 2365) that hardly any other group on this host has; one that does have it
 * has another epoch.
 */
function groupOf(epoch: Epoch): MulticastGroup {
  const [high, low] = [Math.floor(epoch / 256) % 256, epoch % 256]
  const locator = locatorOf({ address: `239.77.${high}.${low}`, port: GROUP_PORT })
  return { locator, ttl: GROUP_TTL }
}
