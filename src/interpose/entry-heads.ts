import type { Epoch, GroupId, Locator, MemberId, PeerInfo } from '../message/index.js'
import type { ValueReader, ValueWriter } from './values.js'

/** The head of a `peerUp` entry: all that a backup needs to open the same connection. */
export function encodePeer(writer: ValueWriter, peer: PeerInfo): void {
  writer.byte(peer.group)
  writer.varint(peer.epoch)
  writer.varint(peer.memberId)
  writer.varint(peer.locator)
}

export function decodePeer(reader: ValueReader): PeerInfo {
  return {
    group: reader.byte() as GroupId,
    epoch: reader.varint() as Epoch,
    memberId: reader.varint() as MemberId,
    locator: reader.varint() as Locator,
  }
}
