import type {
  Contents,
  EntryBlock,
  Locator,
  MessageOf,
  OrderIndex,
  Range,
  SequenceNumber,
} from '../../message/index.js'
import type { PeerState } from './state.js'

/** What is sent a second time: to whoever asks, and to whoever recovers. */
export class Supply {
  readonly #state: PeerState

  constructor(state: PeerState) {
    this.#state = state
  }

  /** A member of the established view names what it lacks. */
  repair(to: Locator, message: MessageOf<'Nack'>): void {
    const { terms } = this.#state
    this.#named(to, message)
    if (!terms.reflects) return
    for (const range of message.entries.slice(0, terms.limits.rangesPerNackMax)) {
      const block = this.#entries(range.from, range.to)
      if (block.entries.length > 0) this.#state.send([to], { kind: 'FirstAck' }, block)
    }
  }

  /** Answers a proposal: what is held here, and the messages of this group that the proposer lacks. */
  answer(to: Locator, message: MessageOf<'ProposePrimary'>): void {
    const { sent, terms, history } = this.#state
    const { group, epoch } = terms.identity
    const had = message.received.find((report) => report.group === group && report.epoch === epoch)?.upTo ?? 0
    this.#report(to, { from: message.held + 1, to: history.held })
    this.#again(to, { from: had + 1, to: sent.transmitted }, terms.limits.supplyDatagramsMax)
  }

  /** The proposer asks on: what the first report had no room for. */
  recover(to: Locator, message: MessageOf<'Nack'>): void {
    this.#named(to, message)
    const ranges = message.entries.slice(0, this.#state.terms.limits.rangesPerNackMax)
    for (const range of ranges) this.#report(to, range)
  }

  /** The messages of `range`, in at most `datagramsMax` datagrams; returns how many there were. */
  #again(to: Locator, range: Range, datagramsMax: number): number {
    const { sent, terms } = this.#state
    const last = Math.min(range.to, sent.transmitted)
    let sequence = range.from
    let datagrams = 0
    while (datagrams < datagramsMax && sequence <= last) {
      const payloads = sent.slice(sequence, last, terms.limits.payloadBytesMax)
      if (payloads.length === 0) break
      this.#state.send([to], { kind: 'Data', sequence: sequence as SequenceNumber, payloads })
      sequence += payloads.length
      datagrams++
    }
    return datagrams
  }

  /** The messages that a Nack names, if this incarnation sent them. */
  #named(to: Locator, message: MessageOf<'Nack'>): void {
    const { group, epoch } = this.#state.terms.identity
    if (message.from !== group || message.fromEpoch !== epoch) return
    let left = this.#state.terms.limits.supplyDatagramsMax
    for (const range of message.messages) left -= this.#again(to, range, left)
  }

  #report(to: Locator, { from, to: upTo }: Range): void {
    const { judge, history, window, released } = this.#state
    const contents: Contents = {
      kind: 'RecoveryReport',
      accepted: judge.adopted,
      held: history.held,
      receivedUpTo: window.receivedUpTo,
      released: released as OrderIndex,
    }
    this.#state.send([to], contents, this.#entries(from, upTo))
  }

  #entries(from: number, upTo: number): EntryBlock {
    const { history, terms } = this.#state
    return history.block(from, upTo, terms.limits.orderBytesMax)
  }
}
