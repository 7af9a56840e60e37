import { fillingOf, HEAD_BYTES, readHead, writeHead } from './body.js'
import type { Connection, Open } from './connection.js'
import type { Ledger } from './ledger.js'
import { SequenceJudge } from './sequence-judge.js'
import type { Verdict } from './verdict.js'

/** A server that comes back is found soon, one that does not is not flooded. */
const RECONNECT_MS = 20

export interface ClientTerms {
  readonly id: number
  readonly port: number
  readonly open: Open
  readonly filling: Buffer
  /** Non-deterministic calls that each request asks for. */
  readonly calls: number
  readonly ledger: Ledger
}

interface Asked {
  readonly intendedMs: number
  /** The highest count that was known when it was sent. */
  readonly known: number
}

/** When an answer came, and when its request was meant to be sent; milliseconds on `performance.now`. */
export type Answered = (intendedMs: number, nowMs: number) => void

/**
 * One user: asks on its connection, judges every answer, and connects again when it is dropped. A request that was on
 * its way then is lost; one that was still waiting goes out on the next connection, late.
 */
export class Client {
  readonly #terms: ClientTerms
  #connection: Connection | undefined
  #judge = new SequenceJudge()
  #isOpen = false
  #closed = false
  #retry: NodeJS.Timeout | undefined
  /** Intended times of requests that are not sent yet; the loops bound it. */
  #waiting: number[] = []
  /** What is on its way, by sequence; bounded as `#waiting` is. */
  readonly #asked = new Map<number, Asked>()
  readonly #wrong = { lost: 0, repeated: 0, reordered: 0, corrupted: 0, forgotten: 0, dropped: 0 }
  #answered = 0
  #answeredOnConnection = 0
  #lastEnd = 'nothing answers'
  /** Set by the loop that asks. */
  onAnswer: Answered = () => undefined

  constructor(terms: ClientTerms) {
    this.#terms = terms
    this.#connect()
  }

  get id(): number {
    return this.#terms.id
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Why it has no connection. */
  get lastEnd(): string {
    return this.#lastEnd
  }

  /** Requests without an answer, sent or not. */
  get outstanding(): number {
    return this.#waiting.length + this.#asked.size
  }

  /** Everything up to now; what is outstanding counts as lost. */
  get verdict(): Verdict {
    return { ...this.#wrong, answered: this.#answered, lost: this.#wrong.lost + this.outstanding }
  }

  ask(intendedMs: number): void {
    this.#waiting.push(intendedMs)
    this.#send()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#connection?.close()
  }

  #connect(): void {
    const { open, port } = this.#terms
    this.#connection = open(port, {
      opened: () => {
        this.#isOpen = true
        this.#send()
      },
      answered: (body) => this.#judgeAnswer(body),
      ended: (reason) => this.#ended(reason),
    })
  }

  /** Everything that may be on its way at once. */
  #send(): void {
    const connection = this.#connection
    if (connection === undefined) return
    while (this.#isOpen && this.#asked.size < connection.atOnceMax) {
      const intendedMs = this.#waiting.shift()
      if (intendedMs === undefined) return
      this.#sendOn(connection, intendedMs)
    }
  }

  #sendOn(connection: Connection, intendedMs: number): void {
    const { id, calls, filling, ledger } = this.#terms
    const sequence = this.#judge.ask()
    this.#asked.set(sequence, { intendedMs, known: ledger.highest })
    const body = Buffer.allocUnsafe(HEAD_BYTES + filling.length)
    writeHead(body, { client: id, sequence, number: calls })
    filling.copy(body, HEAD_BYTES)
    connection.send(body)
  }

  #judgeAnswer(body: Buffer): void {
    const nowMs = performance.now()
    const { id, filling, ledger } = this.#terms
    const head = readHead(body)
    if (head === undefined || head.client !== id || !fillingOf(body).equals(filling)) {
      this.#wrong.corrupted++
      return
    }
    const judgement = this.#judge.answer(head.sequence)
    const asked = this.#asked.get(head.sequence)
    if (judgement === 'unknown' || asked === undefined) {
      this.#wrong[judgement === 'repeated' ? 'repeated' : 'corrupted']++
      return
    }
    this.#asked.delete(head.sequence)
    if (judgement === 'reordered') this.#wrong.reordered++
    if (!ledger.enter(head.number, asked.known)) this.#wrong.forgotten++
    this.#answered++
    this.#answeredOnConnection++
    this.onAnswer(asked.intendedMs, nowMs)
    this.#send()
  }

  #ended(reason: string): void {
    this.#isOpen = false
    this.#lastEnd = reason
    this.#wrong.lost += this.#judge.unanswered
    if (this.#answeredOnConnection > 0 || this.#asked.size > 0) this.#wrong.dropped++
    this.#asked.clear()
    this.#answeredOnConnection = 0
    this.#judge = new SequenceJudge()
    if (!this.#closed) this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS)
  }
}
