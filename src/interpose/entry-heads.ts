import { ENTRY, GROUP, type Epoch, type GroupId, type Locator, type MemberId, type PeerInfo } from '../message/index.js'
import type { Completion } from './completions.js'
import type { ValueReader, ValueWriter } from './values.js'

/** What an operation is about. One object is used for all: nothing is allocated per operation. */
export interface Subject {
  kind: number
  /** `deliver`, `peerLost`, `peerUp`. */
  group: GroupId
  /** `completion`: its async id, and, once it has happened here, the thing itself. */
  asyncId: number
  completion: Completion | undefined
  /** `peerUp`. */
  peer: PeerInfo | undefined
  /** `drained`: Node has asked a second time, nothing came of `beforeExit`. Recorded as a value. */
  over: boolean
}

export function emptySubject(): Subject {
  return { kind: 0, group: GROUP.application, asyncId: 0, completion: undefined, peer: undefined, over: false }
}

/** For whoever reads of a difference. */
export function kindName(kind: number): string {
  const name = Object.entries(ENTRY).find(([, code]) => code === kind)?.[0]
  return name === undefined ? `an operation of kind ${kind}` : `an operation \`${name}\``
}

/** What follows the first byte of an operation's first entry. `programIds` is the newest async id before it. */
export function writeHead(writer: ValueWriter, subject: Subject, programIds: number): void {
  switch (subject.kind) {
    case ENTRY.deliver:
    case ENTRY.peerLost:
      return writer.byte(subject.group)
    case ENTRY.completion:
      // Counted back from the newest id: mostly one byte, however long the program has run.
      return writer.varint(programIds - subject.asyncId)
    case ENTRY.peerUp:
      return encodePeer(writer, subject.peer as PeerInfo)
    default:
  }
}

/** False: no operation begins with an entry of this kind. */
export function readHead(reader: ValueReader, subject: Subject, programIds: number): boolean {
  switch (subject.kind) {
    case ENTRY.deliver:
    case ENTRY.peerLost:
      subject.group = reader.byte() as GroupId
      return true
    case ENTRY.completion:
      subject.asyncId = programIds - reader.varint()
      return true
    case ENTRY.peerUp:
      subject.peer = decodePeer(reader)
      subject.group = subject.peer.group
      return true
    case ENTRY.timers:
    case ENTRY.immediate:
    case ENTRY.drained:
      return true
    default:
      return false
  }
}

/** All that a backup needs to open the same connection. */
function encodePeer(writer: ValueWriter, peer: PeerInfo): void {
  writer.byte(peer.group)
  writer.varint(peer.epoch)
  writer.varint(peer.memberId)
  writer.varint(peer.locator)
}

function decodePeer(reader: ValueReader): PeerInfo {
  return {
    group: reader.byte() as GroupId,
    epoch: reader.varint() as Epoch,
    memberId: reader.varint() as MemberId,
    locator: reader.varint() as Locator,
  }
}
