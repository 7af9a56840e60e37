/** How requests travel. */
export const PROTOCOLS = ['tcp', 'http', 'websocket'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** One connection to a server: request bodies out, answer bodies in. */
export interface Connection {
  /** Requests that may be on their way at once: HTTP/1.1 clients ask one at a time. */
  readonly atOnceMax: number
  send(body: Buffer): void
  /** At once; nothing is told any more. */
  close(): void
}

/** Told to who opened the connection; nothing follows `ended`. */
export interface ConnectionEvents {
  opened(): void
  answered(body: Buffer): void
  ended(reason: string): void
}

export type Open = (port: number, events: ConnectionEvents) => Connection
