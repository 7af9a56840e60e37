import type { EntryBlock, MessageOf, OrderIndex, SequenceNumber } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import { lastOf } from '../determinizer/history.js'
import { sameView } from '../membership/view.js'
import type { Connection } from './connection.js'
import type { ReplicaState } from './state.js'

/** Consecutive payloads of one connection. */
interface Payloads {
  readonly sequence: SequenceNumber
  readonly payloads: readonly Uint8Array[]
}

/** What the primary sends to connected groups: its messages, its order, acknowledgements, and all of it again. */
export class Sending {
  readonly #state: ReplicaState

  constructor(state: ReplicaState) {
    this.#state = state
  }

  /** This replica leads from now on: what is not acknowledged is sent again, under its view. */
  begin(): void {
    for (const connection of this.#state.connections.values()) {
      connection.sent.rewind()
      connection.retransmit.stop()
    }
  }

  /**
   * Sends what the peer has not been sent, as far as the path and the peer's window let it; the order goes first or
   * along (protocol.md 5.1).
   */
  transmit(connection: Connection): void {
    const { history, limits, now } = this.#state
    const { sent, retransmit } = connection
    if (connection.givenUp || !sameView(connection.readyView, this.#state.established.view)) return
    while (sent.transmitted < sent.last && open(connection)) {
      let order = this.#nextOrder(connection)
      while (order.entries.length > 0 && lastOf(order) < history.held) {
        this.#state.sendPeer(connection, { kind: 'FirstAck' }, { order })
        order = this.#nextOrder(connection)
      }
      const lot = sent.take(limits.payloadBytesMax)
      connection.orderIndexes.note(lot.sequence, sent.transmitted, history.held)
      this.#sendData(connection, lot, order)
      retransmit.sent(now, sent.transmitted)
      connection.acked()
    }
    // A window that is shut is asked for as what is lost is sent again: in time, and more and more seldom.
    if (sent.transmitted < sent.last) retransmit.arm(now)
  }

  /** An acknowledgement with whatever order the peer lacks. */
  acknowledge(connection: Connection): void {
    let order = this.#nextOrder(connection)
    do {
      this.#state.sendPeer(connection, { kind: 'FirstAck' }, { order })
      if (order.entries.length > 0) connection.retransmit.sent(this.#state.now, connection.sent.last + 1)
      order = lastOf(order) < this.#state.history.held ? this.#nextOrder(connection) : NO_ENTRIES
    } while (order.entries.length > 0)
    connection.acked()
  }

  /** The peer acknowledged messages or entries, or takes more bytes. */
  progress(
    connection: Connection,
    message: { readonly ack: number; readonly window: number; readonly heldIndex: number },
  ): void {
    const { sent, congestion, retransmit, carrier } = connection
    const { flightBytes, unacknowledgedBytes } = sent
    const news = sent.acknowledge(message.ack)
    const held = carrier.acknowledge(message.heldIndex)
    if (news) connection.orderIndexes.acknowledge(sent.acknowledged)
    if (news) congestion.acknowledged(unacknowledgedBytes - sent.unacknowledgedBytes, flightBytes)
    if (news || held) retransmit.acknowledged(this.#state.now, sent.acknowledged, this.#outstanding(connection))
    const bytesLimit = sent.bytesThrough(Math.min(message.ack, sent.last)) + message.window
    const wider = bytesLimit > connection.bytesLimit
    if (wider) connection.bytesLimit = bytesLimit
    if (news || wider) this.transmit(connection)
  }

  /** The peer lacks what it names. */
  repair(connection: Connection, message: MessageOf<'Nack'>): void {
    const { history, limits } = this.#state
    const { sent, congestion } = connection
    for (const range of message.entries.slice(0, limits.rangesPerNackMax)) {
      const order = history.block(range.from, range.to, limits.orderBytesMax)
      if (order.entries.length > 0) this.#state.sendPeer(connection, { kind: 'FirstAck' }, { order })
    }
    for (const range of message.messages.slice(0, limits.rangesPerNackMax)) {
      const payloads = sent.slice(range.from, Math.min(range.to, sent.transmitted), limits.payloadBytesMax)
      if (payloads.length === 0) continue
      congestion.lost(range.from, sent.transmitted)
      // What was lost may have been lost with the order that it needs.
      this.#sendData(connection, { sequence: range.from as SequenceNumber, payloads }, this.#nextOrder(connection))
    }
  }

  expire(): void {
    const { now, connections } = this.#state
    for (const connection of connections.values()) {
      const { ackAt, retransmit } = connection
      if (ackAt !== undefined && ackAt <= now) this.acknowledge(connection)
      const due = retransmit.due(now)
      if (due === 'resend') this.#resend(connection)
      if (due === 'probe') this.#ask(connection)
    }
  }

  #sendData(connection: Connection, { sequence, payloads }: Payloads, order: EntryBlock = NO_ENTRIES): void {
    const orderIndex = connection.orderIndexes.of(sequence + payloads.length - 1) as OrderIndex
    this.#state.sendPeer(connection, { kind: 'Data', sequence, payloads }, { order, orderIndex })
  }

  #nextOrder(connection: Connection): ReturnType<Connection['carrier']['next']> {
    const { history, limits, stableIndex } = this.#state
    return connection.carrier.next(history, stableIndex, {
      bytesMax: limits.orderBytesMax,
      repeatBytesMax: limits.orderRepeatBytesMax,
    })
  }

  /** Something was sent and not acknowledged, or waits for room. */
  #outstanding({ sent, carrier }: Connection): boolean {
    return sent.last > sent.acknowledged || carrier.outstanding(this.#state.stableIndex)
  }

  /** Nothing came back in time: from the oldest on, and with a question, since the peer may only be short of room. */
  #resend(connection: Connection): void {
    const { sent, carrier, congestion, retransmit } = connection
    if (connection.givenUp || !this.#outstanding(connection)) return retransmit.stop()
    retransmit.expired(this.#state.now)
    if (sent.transmitted > sent.acknowledged) congestion.timedOut(sent.transmitted)
    const lastSequence = sent.transmitted
    sent.rewind()
    carrier.rewind()
    this.transmit(connection)
    if (sent.transmitted === sent.acknowledged) this.acknowledge(connection)
    if (sent.last > sent.acknowledged) this.#ask(connection, lastSequence)
  }

  /** Whether the peer is there, and how much there is for it. */
  #ask(connection: Connection, lastSequence: SequenceNumber = connection.sent.transmitted): void {
    const { locator } = this.#state.identity
    if (!connection.givenUp) this.#state.sendPeer(connection, { kind: 'KeepAlive', locator, lastSequence })
  }
}

/** The path and the peer take more. */
function open({ sent, congestion, bytesLimit }: Connection): boolean {
  return sent.flightBytes < congestion.bytes && sent.bytesThrough(sent.transmitted) < bytesLimit
}
