import type { PeerStart } from '../driver/index.js'
import type { Epoch, Locator, SocketName, ViewNumber } from '../message/index.js'
import { CONTROL_LINE_BYTES_MAX } from './limits.js'

/**
 * The control pipe between a supervisor and its gateway process: one JSON object per line, commands on the gateway's
 * stdin, reports on its stdout. The first command is `start`. The gateway stops when it is told to, or when stdin ends,
 * which is how it learns that its supervisor is gone. stderr is for words to a person (a crash).
 *
 * A gateway has one side for each application group that it serves, which the group's epoch names: that of the
 * generation that has the clients, and while there is one that of its successor (ADR 55).
 */
export type GatewayCommand =
  /** With another epoch, while there is a side: opens the successor's side. One that there was before is dropped. */
  | GatewayStart
  /** Answered with one `stats` report. */
  | { readonly type: 'stats' }
  /** The lease is renewed: the answer to `ask` with this nonce. */
  | { readonly type: 'granted'; readonly epoch: Epoch; readonly nonce: number }
  /** A replica has started there: as long as none has answered, it is spoken to, too. */
  | { readonly type: 'meet'; readonly epoch: Epoch; readonly locator: Locator }
  /**
   * Takes a snapshot of the program that has the clients, and restores it in its successor. Answered with `restored`:
   * clients and program stand still then until `move` or `drop`, however long the supervisor takes. Or with `kept`. A
   * successor that was told to restore and has not is spent.
   */
  | { readonly type: 'switch' }
  /** After `restored`: the successor has the clients from now on, and the other side ends. Answered with `moved`. */
  | { readonly type: 'move' }
  /** Closes the successor's side; a switch that is under way ends first, and the program goes on. */
  | { readonly type: 'drop'; readonly epoch: Epoch }
  /** No more clients; what was released to the present ones is flushed, within `STOP_GRACE_MS`; then exit code 0. */
  | { readonly type: 'stop' }

export interface GatewayStart extends PeerStart {
  readonly type: 'start'
  /** Own IPv4 address that the group's datagrams come to. */
  readonly address: string
  readonly listen: readonly ListenMapping[]
}

/** The program's port `appPort` is opened at `host:port` instead; a port without a mapping is opened as requested. */
export interface ListenMapping {
  readonly host: string
  readonly port: number
  readonly appPort: number
}

export type GatewayReport =
  | (SideReport & { readonly epoch: Epoch })
  /** Of the whole process. */
  | ({ readonly type: 'stats' } & GatewayStatistics)
  /** `bytes`: of what the program has saved. */
  | { readonly type: 'restored'; readonly bytes: number }
  /** The program that had the clients has them still, and goes on. `again`: it may have something to save soon. */
  | { readonly type: 'kept'; readonly reason: string; readonly again: boolean }
  /** So many clients' connections are the successor's now; how long nothing was read from them. */
  | ({ readonly type: 'moved' } & Moved)

export interface Moved {
  readonly streams: number
  readonly pausedMs: number
}

/** Of one side, whose application group's epoch it carries. */
export type SideReport =
  /** Answers `start`: here the gateway's group is reached. */
  | { readonly type: 'ready'; readonly locator: Locator }
  /** A view is established, and what its primary sends reaches clients. */
  | { readonly type: 'follows'; readonly view: ViewNumber }
  /** The lease is to be renewed, from now on. */
  | { readonly type: 'ask'; readonly nonce: number }
  /** The program offers snapshots. */
  | { readonly type: 'offers' }
  /**
   * A listening socket is open: what the program asked for, and where clients reach it. Of those that a successor
   * takes over it is said when it has them.
   */
  | { readonly type: 'listening'; readonly requested: SocketName; readonly bound: SocketName; readonly tls: boolean }
  | { readonly type: 'unlistening'; readonly bound: SocketName }
  | { readonly type: 'warning'; readonly warning: GatewayWarning; readonly detail: string }

export type GatewayWarning =
  /** A listening socket could not be opened; the program is told too. */
  | 'listenFailed'
  /** The kernel gave no connection (descriptors used up). */
  | 'acceptFailed'
  /** `STREAMS_MAX` is reached; clients are refused. */
  | 'tooManyStreams'

export interface GatewayStatistics {
  /** Client connections that are open now, and all that ever were. */
  readonly streams: number
  readonly opened: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Connections that ended as resets: by the client, by the program. */
  readonly clientResets: number
  readonly programResets: number
  readonly refused: number
  readonly handshakesFailed: number
  /** Connections made to other servers. */
  readonly connected: number
  readonly datagramsIn: number
  readonly datagramsOut: number
  /** Datagrams that were not accepted, of whatever reason. */
  readonly datagramsRejected: number
}

/** Cuts a byte stream into lines and hands on the JSON objects in them. */
export class LineReader {
  readonly #take: (value: unknown) => void
  #rest = ''

  constructor(take: (value: unknown) => void) {
    this.#take = take
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > CONTROL_LINE_BYTES_MAX) throw new RangeError('a line on the control pipe is too long')
    for (const line of lines) if (line !== '') this.#take(JSON.parse(line))
  }
}

export function lineOf(value: GatewayCommand | GatewayReport): string {
  return `${JSON.stringify(value)}\n`
}
