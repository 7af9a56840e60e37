import type { Header, Instant, PeerInfo, View } from '../../message/index.js'
import { NO_VIEW } from '../../message/index.js'
import { Carrier } from '../determinizer/carrier.js'
import type { Limits } from '../limits.js'
import { CongestionWindow } from '../messaging/congestion.js'
import { Gap } from '../messaging/gap.js'
import { OrderIndexes } from '../messaging/order-indexes.js'
import { RetransmitTimer } from '../messaging/retransmit.js'
import { SentList } from '../messaging/sent-list.js'
import { olderThan } from '../membership/view.js'
import type { Inbox } from './inbox.js'

/** A replica's end of the virtual connection with one incarnation of a connected group. */
export class Connection {
  readonly peer: PeerInfo
  readonly inbox: Inbox
  /** The entry in which it began: 0 for the groups connected at the founding, `Infinity` until it is in the history. */
  begunAt: number
  readonly sent: SentList
  readonly orderIndexes: OrderIndexes = new OrderIndexes()
  readonly carrier: Carrier = new Carrier()
  readonly retransmit: RetransmitTimer
  readonly congestion: CongestionWindow
  readonly gap: Gap
  /** The view that the peer has last said to be established for this group. */
  peerView: View = NO_VIEW
  /** The view under which the peer accepts data: the one it has established, or reported for in a recovery. */
  readyView: View = NO_VIEW
  /** It is told which view is established; whoever was told once is told of every view. */
  told = false
  /** A FaultNotice named the peer: nobody waits for it any more. */
  givenUp = false
  /** `peerLost` was handed on and the program has not ordered it yet. */
  lossTold = false
  ackAt: Instant | undefined
  unackedBytes = 0
  /** What the last SecondAck to the peer said of its messages, and when it left. */
  reportedUpTo = 0
  reportedAt = 0
  /** The peer takes bytes of `sent` up to here. */
  bytesLimit: number
  /** The peer was told that it may send bytes up to here. */
  #advertised: number
  readonly #receiveBytesMax: number

  constructor({ peer, inbox, begunAt }: Pick<Connection, 'peer' | 'inbox' | 'begunAt'>, limits: Limits) {
    const { payloadBytesMax, flightBytesMax, receiveBytesMax } = limits
    this.peer = peer
    this.inbox = inbox
    this.begunAt = begunAt
    this.sent = new SentList({ single: true, payloadBytesMax })
    this.retransmit = new RetransmitTimer(limits)
    this.congestion = new CongestionWindow({ datagramBytes: payloadBytesMax, bytesMax: flightBytesMax })
    this.gap = new Gap(limits)
    this.bytesLimit = receiveBytesMax
    this.#advertised = receiveBytesMax
    this.#receiveBytesMax = receiveBytesMax
  }

  /** The peer says which view it knows; what comes late says what it knew before. */
  heardOf(view: View): void {
    if (!olderThan(view, this.peerView)) this.peerView = view
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

  /** What the peer is told in a datagram that leaves now: how many bytes more may come. */
  advertise(): number {
    const { bytesReceived, roomBytes } = this.inbox
    this.#advertised = Math.max(this.#advertised, bytesReceived + roomBytes)
    return roomBytes
  }

  /** The program has taken so much that the peer, which may wait for room, should hear of it. */
  get widened(): boolean {
    const { bytesReceived, roomBytes } = this.inbox
    return bytesReceived + roomBytes - this.#advertised >= this.#receiveBytesMax / 2
  }

  stopTimers(): void {
    this.ackAt = undefined
    this.gap.close()
    this.retransmit.stop()
  }
}
