import type { EntryBlock, Header, OrderIndex, SequenceNumber, View } from '../../message/index.js'
import { NO_ENTRIES, NO_VIEW } from '../../message/index.js'
import type { PeerTerms } from './io.js'

/** What changes from one datagram of a peer to the next. */
interface Standing {
  readonly peerView: View
  readonly ack: SequenceNumber
  readonly window: number
  readonly heldIndex: OrderIndex
  readonly reflected: EntryBlock
}

/** The header of a group of one member: it has one view for ever, and no history of its own. */
export function peerHeader({ identity, application }: PeerTerms, standing: Standing): Header {
  return {
    sourceGroup: identity.group,
    sourceEpoch: identity.epoch,
    sourceMember: identity.memberId,
    destinationGroup: application.group,
    destinationEpoch: application.epoch,
    view: NO_VIEW,
    orderIndex: 0 as OrderIndex,
    stableIndex: 0 as OrderIndex,
    order: NO_ENTRIES,
    ...standing,
  }
}
