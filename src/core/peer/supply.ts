import type {
  Contents,
  EntryBlock,
  Locator,
  MessageOf,
  OrderIndex,
  Range,
  SequenceNumber,
} from '../../message/index.js'
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
    for (const range of message.entries.slice(0, terms.limits.rangesPerNackMax)) {
      const block = this.#entries(range.from, range.to)
      if (block.entries.length > 0) this.#parts.send([to], { kind: 'FirstAck' }, block)
    }
  }

  /** Answers a proposal: what is held here, and the messages of this group that the proposer lacks. */
  answer(to: Locator, message: MessageOf<'ProposePrimary'>, released: number): void {
    const { group, epoch } = this.#parts.terms.identity
    const had = message.received.find((report) => report.group === group && report.epoch === epoch)?.upTo ?? 0
    this.#report(to, message.held + 1, { upTo: this.#parts.history.held, released })
    const { sent, terms } = this.#parts
    this.#again(to, { from: had + 1, to: sent.transmitted }, terms.limits.supplyDatagramsMax)
  }

  /** The proposer asks on: what the first report had no room for. */
  recover(to: Locator, message: MessageOf<'Nack'>, released: number): void {
    this.#named(to, message)
    const ranges = message.entries.slice(0, this.#parts.terms.limits.rangesPerNackMax)
    for (const range of ranges) this.#report(to, range.from, { upTo: range.to, released })
  }

  /** Members that lack something and have made no progress lately get it again. */
  stalled(): void {
    const { receivers, sent } = this.#parts
    for (const receiver of receivers.stalled(sent.transmitted)) {
      this.#again(receiver.locator, { from: receiver.acknowledged + 1, to: sent.transmitted }, 1)
    }
  }

  /** The messages of `range`, in at most `datagramsMax` datagrams; returns how many there were. */
  #again(to: Locator, range: Range, datagramsMax: number): number {
    const { sent, terms, send } = this.#parts
    const last = Math.min(range.to, sent.transmitted)
    let sequence = range.from
    let datagrams = 0
    while (datagrams < datagramsMax && sequence <= last) {
      const payloads = sent.slice(sequence, last, terms.limits.payloadBytesMax)
      if (payloads.length === 0) break
      send([to], { kind: 'Data', sequence: sequence as SequenceNumber, payloads }, NO_ENTRIES)
      sequence += payloads.length
      datagrams++
    }
    return datagrams
  }

  /** The messages that a Nack names, if this incarnation sent them. */
  #named(to: Locator, message: MessageOf<'Nack'>): void {
    const { group, epoch } = this.#parts.terms.identity
    if (message.from !== group || message.fromEpoch !== epoch) return
    let left = this.#parts.terms.limits.supplyDatagramsMax
    for (const range of message.messages) left -= this.#again(to, range, left)
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
