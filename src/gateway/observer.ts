import type { Frame, SocketName, ViewNumber } from '../message/index.js'
import type { GatewayWarning } from './control.js'

/** Whom the gateway tells what a person may want to know. */
export interface GatewayObserver {
  listening(requested: SocketName, bound: SocketName, tls: boolean): void
  unlistening(bound: SocketName): void
  warning(warning: GatewayWarning, detail: string): void
  /** A view is established, and what its primary sends reaches clients. */
  follows(view: ViewNumber): void
  /** The lease is to be renewed. */
  askLease(nonce: number): void
  /** What its program has to say of snapshots (ADR 55). */
  snapshot(frame: SnapshotFrame): void
  /** What it will have of its predecessor's listeners is other than before. */
  lent(): void
}

export type SnapshotFrame = Extract<Frame, { frame: 'upgraded' | 'snapshotted' }>
