import type { Header, Instant, PeerInfo, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'
import { Carrier } from '../determinizer/carrier.js'
import type { Limits } from '../limits.js'
import { RetransmitTimer } from '../messaging/retransmit.js'
import { SentList } from '../messaging/sent-list.js'
import type { Inbox } from './inbox.js'

/** A replica's end of the virtual connection with one incarnation of a connected group. */
export class Connection {
  readonly peer: PeerInfo
  readonly inbox: Inbox
  readonly sent: SentList = new SentList(true)
  readonly carrier: Carrier = new Carrier()
  readonly retransmit: RetransmitTimer
  /** The view that the peer has last said to be established for this group. */
  peerView: View = NO_VIEW
  /** The view under which the peer accepts data: the one it has established, or reported for in a recovery. */
  readyView: View = NO_VIEW
  /** A FaultNotice named the peer: nobody waits for it any more. */
  givenUp = false
  /** `peerLost` was handed on and the program has not ordered it yet. */
  lossTold = false
  ackAt: Instant | undefined
  nackAt: Instant | undefined
  unackedBytes = 0
  /** What the last SecondAck to the peer said of its messages, and when it left. */
  reportedUpTo = 0
  reportedAt = 0

  constructor(peer: PeerInfo, inbox: Inbox, limits: Limits) {
    this.peer = peer
    this.inbox = inbox
    this.retransmit = new RetransmitTimer(limits.retransmitDelayMin, limits.retransmitDelayMax)
  }

  /** Everything submitted has been acknowledged, or nobody is there any more to acknowledge it. */
  get settled(): boolean {
    return this.givenUp || this.sent.acknowledged === this.sent.last
  }

  /** Sent by the single member of this incarnation. */
  isFrom(header: Header): boolean {
    return header.sourceEpoch === this.peer.epoch && header.sourceMember === this.peer.memberId
  }

  /** A datagram with an acknowledgement leaves. */
  acked(): void {
    this.ackAt = undefined
    this.unackedBytes = 0
  }

  stopTimers(): void {
    this.ackAt = undefined
    this.nackAt = undefined
    this.retransmit.stop()
  }
}
