import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { UdpSocket } from './udp-socket.js'

/**
 * The program's UDP: `udp_wrap.UDP` is replaced before `dgram` is loaded, as `tcp_wrap.TCP` is in `tcp.ts`. LLFT's own
 * code still gets native handles.
 */
export function installUdp(terms: EdgeTerms): void {
  const binding = terms.internals.binding('udp_wrap')
  const constants = binding['constants'] as Readonly<Record<string, number>>
  const flags = {
    ipv6Only: constants['UV_UDP_IPV6ONLY'] as number,
    reuseAddress: constants['UV_UDP_REUSEADDR'] as number,
    reusePort: constants['UV_UDP_REUSEPORT'],
  }
  const real = binding['UDP'] as NativeClass

  const UDP = function (): object {
    return terms.operations.inside ? new UdpSocket(terms, flags) : new real()
  }
  UDP.prototype = real.prototype as object
  Object.defineProperty(UDP, Symbol.hasInstance, {
    value: (handle: unknown) => handle instanceof UdpSocket || real[Symbol.hasInstance](handle),
  })
  binding['UDP'] = UDP
}
