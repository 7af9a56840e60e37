import type { EntryBlock, HeldMessage, Locator, SequenceNumber } from '../../message/index.js'
import type { Inbox } from './inbox.js'
import type { ReplicaState } from './state.js'

interface Supplies {
  readonly entries: EntryBlock
  readonly inbox: Inbox | undefined
  /** First message of `inbox` that is wanted. */
  readonly from: number
}

/** Sends a member of the own group what it lacks: one datagram; who needs more asks again. */
export function supply(state: ReplicaState, to: Locator, supplies: Supplies): void {
  const messages: HeldMessage[] = []
  const { inbox } = supplies
  let bytes = 0
  for (let sequence = supplies.from; inbox?.has(sequence) === true; sequence++) {
    const payload = inbox.get(sequence)
    bytes += payload.length + 20
    if (messages.length > 0 && bytes > state.limits.payloadBytesMax) break
    messages.push({ group: inbox.group, epoch: inbox.epoch, sequence: sequence as SequenceNumber, payload })
  }
  const body = { length: state.history.held, received: state.received(), messages }
  state.sendInside([to], { kind: 'State', ...body }, supplies.entries)
}
