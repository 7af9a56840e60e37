import type { Contents, EntryBlock, Instant, Locator } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import { History } from '../determinizer/history.js'
import { LeaseHolder } from '../lease/holder.js'
import { ReceiveWindow } from '../messaging/receive-window.js'
import { SentList } from '../messaging/sent-list.js'
import type { PeerOutput, PeerTerms } from './io.js'
import { Judge } from './judge.js'
import { peerMessage } from './message.js'
import { Receivers } from './receivers.js'

/** What the parts of a peer share. Each part changes what is its own matter; nobody else reaches in. */
export class PeerState {
  readonly terms: PeerTerms
  readonly judge: Judge = new Judge()
  /** The application's order entries that are held here, to be reflected and reported. */
  readonly history: History
  readonly sent: SentList
  readonly receivers: Receivers
  readonly window: ReceiveWindow
  /** Undefined where nothing is fenced. */
  readonly lease: LeaseHolder | undefined
  now = 0 as Instant
  outputs: PeerOutput[] = []
  /** Bytes let out that the application of this peer still keeps. */
  keptBytes = 0
  /** An acknowledgement is owed to the primary, at the latest by then. */
  ackAt: Instant | undefined
  unackedBytes = 0
  /** Highest `orderIndex` of what was let out. */
  released = 0

  constructor(terms: PeerTerms) {
    const { payloadBytesMax, receiveBytesMax, reorderMessagesMax } = terms.limits
    this.terms = terms
    this.lease = terms.lease && new LeaseHolder(terms.lease)
    this.history = new History(terms.store)
    this.sent = new SentList({ single: false, payloadBytesMax, store: terms.store })
    this.receivers = new Receivers(receiveBytesMax)
    this.window = new ReceiveWindow({ messagesMax: reorderMessagesMax, bytesMax: receiveBytesMax })
  }

  /** Bytes beyond what is acknowledged that may come. */
  get roomBytes(): number {
    return Math.max(0, this.terms.limits.receiveBytesMax - this.window.pendingBytes - this.keptBytes)
  }

  /** A datagram with an acknowledgement leaves for the primary. */
  acked(): void {
    this.ackAt = undefined
    this.unackedBytes = 0
  }

  /** What counts instead of what somebody else has proposed or established. */
  refuse(to: Locator): void {
    const { membership, adopted } = this.judge
    const { view: known, members, length } = membership
    this.send([to], { kind: 'Refuse', known, members, length, adopted })
  }

  sendPrimary(contents: Contents): void {
    const { primary } = this.judge
    if (primary !== undefined) this.send([primary.locator], contents)
  }

  send(to: readonly Locator[], contents: Contents, reflected: EntryBlock = NO_ENTRIES): void {
    const standing = {
      peerView: this.judge.membership.view,
      ack: this.window.receivedUpTo,
      window: this.roomBytes,
      heldIndex: this.history.held,
      reflected,
    }
    this.outputs.push({ output: 'send', to, message: peerMessage(this.terms, standing, contents) })
  }
}
