import { report } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { Claim, Refusal } from './claims.js'

/** The words for a refused process and for the person who started it. */
export function reportOfRefusal(claim: Claim, refusal: Refusal): Report {
  if (refusal.refusal === 'different') return report('LLFT_E_GUEST_FINGERPRINT', { parts: refusal.parts.join(', ') })
  if (refusal.refusal === 'flag') return report('LLFT_E_GUEST_NODE_FLAG', { flag: refusal.flag })
  if (refusal.refusal === 'earlier') return report('LLFT_E_NET_EARLIER_GROUP', { pid: claim.pid })
  return report('LLFT_E_GUEST_SECOND', { first: refusal.first.argv.join(' '), second: claim.argv.join(' ') })
}
