import type { Contents, EntryBlock, Locator, MessageOf, OrderIndex } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import type { History } from '../determinizer/history.js'
import type { ReceiveWindow } from '../messaging/receive-window.js'
import type { SentList } from '../messaging/sent-list.js'
import type { PeerTerms } from './io.js'
import type { Judge } from './judge.js'
import type { Receivers } from './receivers.js'

export interface SupplyTerms {
  readonly terms: PeerTerms
  readonly judge: Judge
  readonly sent: SentList
  readonly window: ReceiveWindow
  readonly history: History
  readonly receivers: Receivers
  readonly send: (to: readonly Locator[], contents: Contents, reflected: EntryBlock) => void
}

/** What is sent a second time: to whoever asks, to whoever stalls, and to whoever recovers. */
export class Supply {
  readonly #parts: SupplyTerms

  constructor(parts: SupplyTerms) {
    this.#parts = parts
  }

  /** A member of the established view names what it lacks. */
  repair(to: Locator, message: MessageOf<'Nack'>): void {
    const { terms } = this.#parts
    this.#named(to, message)
    if (!terms.reflects) return
    for (const range of message.entries) {
      const block = this.#entries(range.from, range.to)
      if (block.entries.length > 0) this.#parts.send([to], { kind: 'FirstAck' }, block)
    }
  }

  /** Answers a proposal: what is held here, and the messages of this group that the proposer lacks. */
  answer(to: Locator, message: MessageOf<'ProposePrimary'>, released: number): void {
    const { group, epoch } = this.#parts.terms.identity
    const had = message.received.find((report) => report.group === group && report.epoch === epoch)?.upTo ?? 0
    this.#report(to, message.held + 1, { upTo: this.#parts.history.held, released })
    this.again(to, had + 1)
  }

  /** The proposer asks on: what the first report had no room for. */
  recover(to: Locator, message: MessageOf<'Nack'>, released: number): void {
    this.#named(to, message)
    for (const range of message.entries) this.#report(to, range.from, { upTo: range.to, released })
  }

  /** Members that lack something and have made no progress lately get it again. */
  stalled(): void {
    const { receivers, sent } = this.#parts
    for (const receiver of receivers.stalled(sent.transmitted)) this.again(receiver.locator, receiver.acknowledged + 1)
  }

  /** Messages from `from` on, as many as fit a datagram. */
  again(to: Locator, from: number, upTo: number = this.#parts.sent.transmitted): void {
    const { sent, terms } = this.#parts
    const payloads = sent.slice(from, Math.min(upTo, sent.transmitted), terms.limits.payloadBytesMax)
    const sequence = from as MessageOf<'Data'>['sequence']
    if (payloads.length > 0) this.#parts.send([to], { kind: 'Data', sequence, payloads }, NO_ENTRIES)
  }

  /** The messages that a Nack names, if this incarnation sent them. */
  #named(to: Locator, message: MessageOf<'Nack'>): void {
    const { group, epoch } = this.#parts.terms.identity
    if (message.from !== group || message.fromEpoch !== epoch) return
    for (const range of message.messages) this.again(to, range.from, range.to)
  }

  #report(to: Locator, from: number, rest: { readonly upTo: number; readonly released: number }): void {
    const { judge, history, window, send } = this.#parts
    const contents: Contents = {
      kind: 'RecoveryReport',
      accepted: judge.adopted,
      held: history.held,
      receivedUpTo: window.receivedUpTo,
      released: rest.released as OrderIndex,
    }
    send([to], contents, this.#entries(from, rest.upTo))
  }

  #entries(from: number, upTo: number): EntryBlock {
    return this.#parts.history.block(from, upTo, this.#parts.terms.limits.orderBytesMax)
  }
}
