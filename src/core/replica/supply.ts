import type { EntryBlock, HeldMessage, Locator, SequenceNumber } from '../../message/index.js'
import { NO_ENTRIES } from '../../message/index.js'
import { lastOf } from '../determinizer/history.js'
import type { Inbox } from './inbox.js'
import type { ReplicaState } from './state.js'

/** What a member of the own group lacks. */
export interface Wanted {
  /** Entries from here on; none are wanted when `upTo` is lower. */
  readonly entriesFrom: number
  readonly upTo: number
  readonly inbox: Inbox | undefined
  /** First message of `inbox` that is wanted. */
  readonly messagesFrom: number
}

/**
 * Sends a member of the own group what it lacks, in a bounded number of datagrams, the last of which says so: who needs
 * more asks on from there.
 */
export function supply(state: ReplicaState, to: Locator, wanted: Wanted): void {
  let { entriesFrom, messagesFrom } = wanted
  for (let left = state.limits.supplyDatagramsMax; left > 0; left--) {
    const entries = entriesFrom <= wanted.upTo ? entriesOf(state, entriesFrom, wanted.upTo) : NO_ENTRIES
    const messages = messagesOf(state, wanted.inbox, messagesFrom)
    if (entries.entries.length > 0) entriesFrom = lastOf(entries) + 1
    messagesFrom += messages.length
    const more = left > 1 && (entriesFrom <= wanted.upTo || wanted.inbox?.has(messagesFrom) === true)
    const body = { length: state.history.held, received: state.received(), messages, final: more ? 0 : 1 }
    state.sendInside([to], { kind: 'State', ...body }, entries)
    if (!more) return
  }
}

function entriesOf({ history, limits }: ReplicaState, from: number, upTo: number): EntryBlock {
  return history.block(from, upTo, limits.orderBytesMax)
}

function messagesOf({ limits }: ReplicaState, inbox: Inbox | undefined, from: number): readonly HeldMessage[] {
  const messages: HeldMessage[] = []
  let bytes = 0
  for (let sequence = from; inbox?.has(sequence) === true; sequence++) {
    const payload = inbox.get(sequence)
    bytes += payload.length + HELD_MESSAGE_BYTES
    if (messages.length > 0 && bytes > limits.payloadBytesMax) break
    messages.push({ group: inbox.group, epoch: inbox.epoch, sequence: sequence as SequenceNumber, payload })
  }
  return messages
}

/** What a message costs in the datagram beside its payload. */
const HELD_MESSAGE_BYTES = 20
