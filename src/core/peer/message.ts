import type { Contents, EntryBlock, Message, OrderIndex, SequenceNumber, View } from '../../message/index.js'
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

/**
 * A message of a group of one member: it has one view for ever, and no history of its own. In one literal: put together
 * from a header and contents it would cost more than all the rest of a step.
 */
export function peerMessage({ identity, application }: PeerTerms, standing: Standing, contents: Contents): Message {
  return {
    sourceGroup: identity.group,
    sourceEpoch: identity.epoch,
    sourceMember: identity.memberId,
    destinationGroup: application.group,
    destinationEpoch: application.epoch,
    view: NO_VIEW,
    peerView: standing.peerView,
    ack: standing.ack,
    window: standing.window,
    orderIndex: 0 as OrderIndex,
    stableIndex: 0 as OrderIndex,
    heldIndex: standing.heldIndex,
    order: NO_ENTRIES,
    reflected: standing.reflected,
    ...contents,
  }
}
