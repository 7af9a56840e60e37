import { decodeMemberEntry } from '../../../src/core/membership/join-entry.js'
import type { EntryBlock, MemberInfo, Message, MessageOf, Range, View } from '../../../src/message/index.js'
import { ENTRY, GROUP } from '../../../src/message/index.js'
import { decodeFrame } from '../../../src/wire/index.js'
import type { Names } from './names.js'

/** What a text needs to know besides the message. */
export interface Vocabulary {
  readonly names: Names
  /** A request of a client, by its stream and number. */
  readonly word: (stream: number, number: number) => string
}

/** Beyond every number that a play reaches: "all there is". */
const MANY = 1_000_000

export function viewText({ number, backupView }: View): string {
  return backupView === 0 ? `v${number}` : `v${number}/${backupView}`
}

/** The view of the application group under which a message counts. */
export function viewOf({ sourceGroup, view, peerView }: Message): View {
  return sourceGroup === GROUP.application ? view : peerView
}

/** One line for a message: its kind, what it says itself, then what rides along. */
export function wireText(message: Message, vocabulary: Vocabulary): string {
  return [body(message, vocabulary), ...riding(message, vocabulary)].filter((part) => part !== '').join(', ')
}

function riding(message: Message, { names }: Vocabulary): readonly string[] {
  const { kind, ack, orderIndex, stableIndex, heldIndex, order, reflected } = message
  const fromPeer = message.sourceGroup !== GROUP.application
  const acks = kind === 'Data' || kind === 'FirstAck'
  return [
    kind === 'Data' && orderIndex > 0 ? `needs ${orderIndex}` : '',
    block('carries', order, names),
    acks && !fromPeer && stableIndex > 0 ? `stable ${stableIndex}` : '',
    block('reflects', reflected, names),
    acks && ack > 0 ? `ack ${ack}` : '',
    acks && fromPeer && heldIndex > 0 ? `holds ${heldIndex}` : '',
  ]
}

function body(message: Message, vocabulary: Vocabulary): string {
  const { names } = vocabulary
  switch (message.kind) {
    case 'Data':
      return `Data ${data(message, vocabulary)}`
    case 'SecondAck':
      return `SecondAck holds ${message.held}, executed ${message.executed}${received(message, names)}`
    case 'Nack':
      return `Nack for ${asked(message, names)}`
    case 'ProposePrimary':
      return `ProposePrimary ${viewText(message.proposed)} ${members(message.members, names)}, holds ${message.held}`
    case 'AcceptPrimary':
      return `AcceptPrimary ${viewText(message.accepted)}, holds ${message.held}${received(message, names)}`
    case 'RecoveryReport': {
      const { accepted, held, receivedUpTo, released } = message
      return `RecoveryReport ${viewText(accepted)}, holds ${held}, received ${receivedUpTo}, released ${released}`
    }
    case 'Establish':
      return `Establish ${viewText(message.established)} ${members(message.members, names)}, history ${message.length}`
    case 'Refuse':
      return `Refuse, knows ${viewText(message.known)} ${members(message.members, names)}`
    case 'AcceptBackup':
      return `AcceptBackup ${members(message.members, names)}, join at ${message.joinIndex}`
    case 'RemoveBackup':
      return `RemoveBackup ${members(message.members, names)}`
    case 'State':
      return `State ${state(message, names)}`
    case 'FaultNotice':
      return `FaultNotice ${names.of(message.member)}`
    default:
      return message.kind
  }
}

function span(first: number, last: number): string {
  if (last >= MANY) return `${first} and on`
  return first === last ? String(first) : `${first}-${last}`
}

/** Entries by their numbers; those about members and connected groups with what they say. */
function block(verb: string, { first, entries }: EntryBlock, names: Names): string {
  if (entries.length === 0) return ''
  const texts = entries.flatMap((entry, at) => {
    const text = special(entry, names)
    return text === '' ? [] : [`${first + at}: ${text}`]
  })
  const numbers = span(first, first + entries.length - 1)
  return texts.length === 0 ? `${verb} ${numbers}` : `${verb} ${numbers} (${texts.join('; ')})`
}

function special(entry: Uint8Array, names: Names): string {
  const member = decodeMemberEntry(entry)
  if (member !== undefined) {
    const { kind, memberId } = member
    return `${names.of(memberId)} ${kind === ENTRY.join ? 'joins' : 'has caught up'}`
  }
  if (entry[0] === ENTRY.peerLost) return 'the gateway is lost'
  return entry[0] === ENTRY.peerUp ? 'a gateway is there' : ''
}

function data({ sequence, payloads, sourceGroup }: MessageOf<'Data'>, { word }: Vocabulary): string {
  const texts = payloads.map((payload) => {
    const frame = decodeFrame(payload)
    if (frame?.frame === 'output') return `line ${frame.bytes[0]}`
    if (frame?.frame !== 'data') return frame?.frame ?? 'nothing'
    const request = `"${word(frame.stream, frame.bytes[0] as number)}"`
    return sourceGroup === GROUP.application ? `answer to ${request}` : request
  })
  return `${span(sequence, sequence + payloads.length - 1)} (${texts.join(', ')})`
}

function received({ received }: Pick<MessageOf<'SecondAck'>, 'received'>, names: Names): string {
  const some = received.filter(({ upTo }) => upTo > 0)
  return some.map(({ epoch, upTo }) => `, received ${upTo} of ${names.of(epoch)}`).join('')
}

function asked({ entries, messages, from, fromEpoch }: MessageOf<'Nack'>, names: Names): string {
  const ranges = (list: readonly Range[]): string => list.map(({ from, to }) => span(from, to)).join(' ')
  const parts = entries.length === 0 ? [] : [`order ${ranges(entries)}`]
  const whose = from === GROUP.application ? 'the replicas' : names.of(fromEpoch)
  if (messages.length > 0) parts.push(`messages ${ranges(messages)} of ${whose}`)
  return parts.join(' and ')
}

function state({ messages, final }: MessageOf<'State'>, names: Names): string {
  const [first] = messages
  const last = messages.at(-1)
  const texts = [final === 1 ? 'and no more' : 'and more follows']
  if (first !== undefined && last !== undefined)
    texts.unshift(`messages ${span(first.sequence, last.sequence)} of ${names.of(first.epoch)}`)
  return texts.join(', ')
}

function members(list: readonly MemberInfo[], names: Names): string {
  const texts = list.map(({ memberId, caughtUp }) => names.of(memberId) + (caughtUp ? '' : ' (not caught up)'))
  return `[${texts.join(', ')}]`
}
