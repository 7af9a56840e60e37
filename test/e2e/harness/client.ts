import { createHash, pbkdf2Sync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '../../../src/base/index.js'
import type { Connection, Head, Request } from './asking.js'
import { uploadOf } from './large-body.js'

/** Far above any takeover on a busy machine, and below the test's own bound, so that the reason is told. */
const ANSWER_MS = 20_000
const THINK_MS_MAX = 60
const UPLOAD_BYTES_MAX = 100_000
const LARGE_BYTES_MAX = 300_000

const WORKS = ['echo', 'timer', 'immediate', 'hash', 'zip', 'file', 'fileCallback', 'fileSync'] as const

/** A large answer on its way. */
export interface Transfer {
  readonly bytes: number
  received: number
}

/** One client, which knows what each answer must be: its connection's own sequence is broken by any loss. */
export class Client {
  readonly name: string
  readonly connection: Connection
  readonly #random: SeededRandom
  #head: Head | undefined
  asked = 0
  #stopped = false

  constructor(name: string, connection: Connection, random: SeededRandom) {
    this.name = name
    this.connection = connection
    this.#random = random
  }

  /** Asks for this and that until it is stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.exchange()
      await sleep(this.#random.below(THINK_MS_MAX))
    }
  }

  stop(): void {
    this.#stopped = true
  }

  close(): void {
    this.connection.close()
  }

  /** One request, now and then with an upload, now and then with a larger answer, all at once or in pieces. */
  async exchange(): Promise<void> {
    const random = this.#random
    await this.#ask({
      work: WORKS[random.below(WORKS.length)] ?? 'echo',
      bytes: random.chance(150) ? 1 + random.below(LARGE_BYTES_MAX) : 0,
      upload: random.chance(80) ? 1 + random.below(UPLOAD_BYTES_MAX) : 0,
      paceMs: random.below(3),
    })
  }

  /** A large answer in pieces; `arrived` is called with each. */
  async transfer(transfer: Transfer, paceMs: number, arrived: () => void): Promise<void> {
    await this.#ask({ work: 'timer', bytes: transfer.bytes, paceMs, upload: 0 }, (received) => {
      transfer.received = received
      arrived()
    })
  }

  async #ask(wanted: Omit<Request, 'text'>, arrived: (received: number) => void = () => {}): Promise<void> {
    const request: Request = { ...wanted, text: `${this.name} ${++this.asked}` }
    const late = new AbortController()
    const bound = sleep(ANSWER_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error(`no answer within ${ANSWER_MS} ms`)
    })
    // The bound is over as soon as there is an answer.
    bound.catch(() => {})
    try {
      this.#check(
        request,
        await Promise.race([this.connection.ask(request, { arrived }), this.connection.broken, bound]),
      )
    } catch (error) {
      throw new Error(`client ${this.name}, ${JSON.stringify(request)}: ${String(error)}`, { cause: error })
    } finally {
      late.abort()
    }
  }

  #check(request: Request, head: Head): void {
    const before = this.#head ?? { ...head, total: 0 }
    this.#head = head
    expectEqual('connection', head.connection, before.connection)
    expectEqual('own', head.own, this.asked)
    expectEqual('text', head.text, answerText(request))
    expectEqual('bytes', head.bytes, request.bytes)
    expectEqual('body', head.body, createHash('sha1').update(uploadOf(request.upload)).digest('hex'))
    if (head.total <= before.total) throw new Error(`total ${head.total} after ${before.total}`)
    if (head.at < before.at) throw new Error(`time ${head.at} after ${before.at}`)
  }
}

function answerText({ work, text }: Request): string {
  if (work === 'hash') return pbkdf2Sync(text, 'salt', 50, 16, 'sha256').toString('hex')
  return work.startsWith('file') ? `${text} true` : text
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)}, expected ${String(expected)}`)
}
