import { readSync } from 'node:fs'
import type { UdpBinding } from '../../src/adapters/index.js'

/** In tests the deprecated public way to Node's bindings is enough; a replica comes through `interpose/internals`. */
export function rawUdpBinding(): UdpBinding {
  const { binding } = process as unknown as { binding(name: 'udp_wrap'): Pick<UdpBinding, 'UDP' | 'SendWrap'> }
  const { UDP, SendWrap } = binding('udp_wrap')
  return { UDP, SendWrap, readSync }
}
