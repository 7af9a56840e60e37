export interface CongestionTerms {
  /** Payload bytes of a full datagram: the least that may be under way. */
  readonly datagramBytes: number
  readonly bytesMax: number
}

/** Full datagrams under way at the start, before anything is known of the path. */
const INITIAL_DATAGRAMS = 2

/**
 * How many payload bytes may be under way on a connection, as in TCP (RFC 5681): slow start up to a threshold, then one
 * datagram more for each round trip; half of it when something was lost, one datagram after a time-out.
 */
export class CongestionWindow {
  readonly #terms: CongestionTerms
  #bytes: number
  #threshold: number
  /** Losses up to here belong to a flight that was answered already: one flight halves the window once. */
  #answeredUpTo = 0

  constructor(terms: CongestionTerms) {
    this.#terms = terms
    this.#threshold = terms.bytesMax
    this.#bytes = this.#bounded(INITIAL_DATAGRAMS * terms.datagramBytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** `bytes` have arrived, of `flight` under way. A window that is not used says nothing and does not grow. */
  acknowledged(bytes: number, flight: number): void {
    if (2 * flight < this.#bytes) return
    const { datagramBytes } = this.#terms
    const slowStart = this.#bytes < this.#threshold
    const more = slowStart ? bytes : Math.max(1, Math.trunc((datagramBytes * bytes) / this.#bytes))
    this.#bytes = this.#bounded(this.#bytes + more)
  }

  /** Message `sequence` was lost on its way, when `transmitted` had been sent. */
  lost(sequence: number, transmitted: number): void {
    if (sequence <= this.#answeredUpTo) return
    this.#answeredUpTo = transmitted
    this.#threshold = this.#bounded(Math.trunc(this.#bytes / 2))
    this.#bytes = this.#threshold
  }

  /** Nothing came back in time, when `transmitted` had been sent. */
  timedOut(transmitted: number): void {
    this.#answeredUpTo = transmitted
    this.#threshold = this.#bounded(Math.trunc(this.#bytes / 2))
    this.#bytes = this.#bounded(0)
  }

  #bounded(bytes: number): number {
    const { datagramBytes, bytesMax } = this.#terms
    return Math.min(bytesMax, Math.max(datagramBytes, bytes))
  }
}
