import { report } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { GatewayWarned } from './gateway-keeper.js'

/** What the gateway's process warns of, with the key by which it is said once. */
export function warningOf({ warning, detail }: GatewayWarned): { readonly key: string; readonly what: Report } {
  if (warning === 'listenFailed') return { key: detail, what: report('LLFT_W_LISTEN_FAILED', { detail }) }
  return { key: warning, what: report('LLFT_W_GATEWAY_CLIENTS', { detail }) }
}
