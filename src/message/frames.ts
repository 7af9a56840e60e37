/**
 * What travels as payload of `Data` between the application group and the groups connected to it: client TCP streams
 * on the connection with the gateway, output and signals on the connection with the console.
 */
export const FRAME = {
  /** gateway to application */
  open: 1,
  listening: 2,
  /** both directions */
  data: 3,
  end: 4,
  /** The stream is over at once: gateway to application a reset by the client, application to gateway an abort. */
  reset: 5,
  /** application to gateway */
  listen: 6,
  unlisten: 7,
  close: 8,
  /** console to application */
  signal: 9,
  /** application to console */
  output: 10,
  exit: 11,
  /** both directions */
  credit: 12,
  /** application to gateway: its exit side */
  connect: 13,
  resolve: 14,
  secure: 17,
  /** gateway to application */
  connected: 15,
  resolved: 16,
  secured: 18,
  /** gateway to application: a snapshot */
  snapshot: 19,
  /** application to gateway */
  upgraded: 20,
  snapshotted: 21,
} as const

/**
 * What the gateway asks of a program that offers snapshots (ADR 55). `save`: what it would need to go on in new
 * replicas; nothing of it runs from then on. `thaw`: it is to go on after all. `restore`: it goes on from this value.
 */
export const SNAPSHOT_ASK = { save: 1, thaw: 2, restore: 3 } as const

/**
 * `offered`: the program offers snapshots, told once. `saved`: with its value. `declined`: not now, with the reason.
 * `restored`, or `failed` with the reason: the answer to `restore`.
 */
export const SNAPSHOT_OUTCOME = { offered: 1, saved: 2, declined: 3, restored: 4, failed: 5 } as const

/** What a program saves fits one message, with what belongs to it. */
export const SNAPSHOT_BYTES_MAX: number = 15 * 1024 * 1024

/**
 * Bytes of one stream and direction that may be sent and not taken yet: bounds what a client that does not read, or a
 * program that does not, keeps waiting anywhere. Large enough that a reply of usual size never waits for a credit.
 */
export const STREAM_WINDOW_BYTES: number = 256 * 1024

/**
 * Number of a connection; unique within the gateway's epoch. Those of clients are counted by the gateway from 1, those
 * that the program makes by the program from `OUTBOUND_FROM`, the same at every replica.
 */
export type StreamId = number
export const OUTBOUND_FROM = 0x4000_0000
/** Number of a question about names, counted by the application from 1; the same at every replica. */
export type QuestionId = number
/** Number of a listening socket, counted by the application from 1; the same at every replica. */
export type ListenerId = number

export interface SocketName {
  readonly address: string
  readonly family: 4 | 6
  readonly port: number
}

/**
 * What a gateway needs to end TLS for a listener. Held in gateway memory only: never in history, journal, log or
 * status.
 */
export interface TlsTerms {
  /** JSON of `TlsTermsFields`. */
  readonly json: string
}

/** What the gateway learned in the client's TLS handshake. */
export interface TlsFacts {
  /** JSON of `TlsFactsFields`. */
  readonly json: string
}

export type Frame =
  | {
      readonly frame: 'open'
      readonly stream: StreamId
      readonly listener: ListenerId
      readonly remote: SocketName
      readonly local: SocketName
      readonly tls: TlsFacts | undefined
    }
  /** The answer to `listen`: the bound name, or a negative errno. */
  | { readonly frame: 'listening'; readonly listener: ListenerId; readonly errno: number; readonly bound: SocketName }
  | { readonly frame: 'data'; readonly stream: StreamId; readonly bytes: Uint8Array }
  /**
   * Flow control of one stream: so many more bytes of what was sent on it have been taken, by the client's kernel or by
   * the program; as many more may be sent (`STREAM_WINDOW_BYTES`).
   */
  | { readonly frame: 'credit'; readonly stream: StreamId; readonly taken: number }
  | { readonly frame: 'end'; readonly stream: StreamId }
  | { readonly frame: 'reset'; readonly stream: StreamId }
  /**
   * Bind and accept. Where the gateway's host has no IPv6, `::` is bound as `0.0.0.0`, as Node's `listen` falls back.
   * It is sent again after the gateway came back; a `listen` for a listener that is open changes nothing and is
   * answered again.
   */
  | {
      readonly frame: 'listen'
      readonly listener: ListenerId
      readonly name: SocketName
      readonly backlog: number
      /** Bind an IPv6 address for IPv6 only (`ipv6Only`). */
      readonly ipv6Only: boolean
      readonly tls: TlsTerms | undefined
    }
  | { readonly frame: 'unlisten'; readonly listener: ListenerId }
  /** Connect to `remote`, from `local` if it is said. A `reset` or `close` before the answer gives it up. */
  | {
      readonly frame: 'connect'
      readonly stream: StreamId
      readonly remote: SocketName
      readonly local: SocketName | undefined
    }
  /** The answer: the names as the gateway's socket has them, or a negative errno. */
  | {
      readonly frame: 'connected'
      readonly stream: StreamId
      readonly errno: number
      readonly remote: SocketName
      readonly local: SocketName
    }
  /** TLS from here on, on a connection that the program has made. */
  | { readonly frame: 'secure'; readonly stream: StreamId; readonly tls: TlsTerms }
  /** The handshake is over; JSON of `TlsOutcomeFields`. */
  | { readonly frame: 'secured'; readonly stream: StreamId; readonly tls: TlsFacts }
  /** A question about names; JSON of `NameQuestion`. */
  | { readonly frame: 'resolve'; readonly question: QuestionId; readonly json: string }
  /** JSON of `NameAnswer`. */
  | { readonly frame: 'resolved'; readonly question: QuestionId; readonly json: string }
  /** Bytes are the value of `restore`, empty for the others. */
  | { readonly frame: 'snapshot'; readonly ask: keyof typeof SNAPSHOT_ASK; readonly bytes: Uint8Array }
  /**
   * Before `saved`, for each stream that has left HTTP (a WebSocket): the head of the request by which it did. The
   * program that goes on with the stream gets it again, and the head of its answer is not for the client.
   */
  | { readonly frame: 'upgraded'; readonly stream: StreamId; readonly bytes: Uint8Array }
  /** The value that was saved, or a reason in UTF-8. */
  | { readonly frame: 'snapshotted'; readonly outcome: keyof typeof SNAPSHOT_OUTCOME; readonly bytes: Uint8Array }
  /** The program has closed the stream: what was sent goes out, then it ends. Unknown streams are ignored. */
  | { readonly frame: 'close'; readonly stream: StreamId }
  | { readonly frame: 'signal'; readonly signal: number }
  | { readonly frame: 'output'; readonly fd: 1 | 2; readonly bytes: Uint8Array }
  /**
   * The program has ended; `signal` is not 0 when a signal's default action ended it, `uncaught` says that a fault of
   * its own did: an error that it did not handle, or `abort`.
   */
  | { readonly frame: 'exit'; readonly code: number; readonly signal: number; readonly uncaught: boolean }
