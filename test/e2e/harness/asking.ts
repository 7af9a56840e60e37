/** What a client asks of a guest (guests/service.cjs). */
export interface Request {
  readonly work: string
  readonly text: string
  /** How many bytes the answer's large body has; 0: none. */
  readonly bytes: number
  /** How long the guest waits between the pieces of it, on average. */
  readonly paceMs: number
  /** How many bytes are sent along. */
  readonly upload: number
}

/** What the guest answers, before the large body. */
export interface Head {
  readonly connection: string
  readonly own: number
  readonly total: number
  readonly text: string
  /** SHA-1 of the upload, hexadecimal. */
  readonly body: string
  /** Chosen by chance; names the bytes of the large body. */
  readonly salt: number
  readonly at: number
  readonly bytes: number
}

/** An answer in the making: what has arrived of the large body. */
export interface Arriving {
  /** Called with each piece of the large body, whose bytes were checked. */
  arrived(bytes: number): void
}

/** One connection to a guest over one of its protocols. Any end that the client did not ask for is a failure. */
export interface Connection {
  /** Resolves when the whole answer has arrived. */
  ask(request: Request, arriving: Arriving): Promise<Head>
  /** What the guest sent to all, in the order of arrival, each with its running number. */
  readonly heard: readonly number[]
  /** Rejects when the connection ends without being asked to. */
  readonly broken: Promise<never>
  close(): void
}
