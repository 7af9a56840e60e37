import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Pushed by the program on its own; far more often than any of its clients asks. */
const TICK_MS = 4
/** Requests on their way at any moment. */
const PIPELINED = 4
const BOUND_MS = 15_000

/**
 * Answers each numbered request with its own count of them, and pushes numbered ticks in between: whatever is lost,
 * repeated or reordered shows. Prints `up` once it listens.
 */
export const SEQUENCE_GUEST = `
const { createServer } = require('node:net')
const { randomUUID } = require('node:crypto')
let total = 0
createServer((socket) => {
  let [own, ticks, rest] = [0, 0, '']
  const id = randomUUID()
  const timer = setInterval(() => socket.write('tick ' + ++ticks + '\\n'), ${TICK_MS})
  socket.on('close', () => clearInterval(timer)).on('error', () => {})
  socket.on('end', () => socket.end())
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n')
    rest = lines.pop()
    for (const line of lines) socket.write(['reply', line, ++own, ++total, id].join(' ') + '\\n')
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`

/** One connection to the program above that checks every line it gets. */
export class SequenceClient {
  readonly #socket: Socket
  #asked = 0
  #rest = ''
  #id: string | undefined
  #closing = false
  #problem: Error | undefined
  answered = 0
  ticks = 0

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.on('error', (error) => (this.#problem ??= error))
    this.#socket.on('close', () => (this.#problem ??= new Error('the connection was closed')))
    this.#socket.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#ask()
  }

  /** Resolves when so many more requests are answered correctly; rejects at the first thing that is wrong. */
  async more(requests: number): Promise<void> {
    const [goal, deadline] = [this.answered + requests, performance.now() + BOUND_MS]
    while (this.answered < goal) {
      if (this.#problem !== undefined) throw this.#problem
      if (performance.now() > deadline) throw new Error(`answered ${this.answered}, not ${goal}`)
      await sleep(2)
    }
  }

  /** What is on its way is answered, and nothing was ever wrong. */
  async finish(): Promise<void> {
    this.#closing = true
    await this.more(this.#asked - this.answered)
    if (this.#problem !== undefined) throw this.#problem
    this.#socket.destroy()
  }

  #ask(): void {
    while (!this.#closing && this.#asked < this.answered + PIPELINED) this.#socket.write(`${++this.#asked}\n`)
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (this.#isExpected(line.split(' '))) continue
      this.#problem ??= new Error(`wrong: ${line}; after ${this.answered} replies and ${this.ticks} ticks`)
      this.#socket.destroy()
      return
    }
    this.#ask()
  }

  #isExpected([kind, first, second, , id]: readonly string[]): boolean {
    if (kind === 'tick') return first === String(++this.ticks)
    const number = String(++this.answered)
    this.#id ??= id
    return kind === 'reply' && first === number && second === number && id === this.#id
  }
}
