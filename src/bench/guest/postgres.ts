import type { Socket } from 'node:net'
import { Answers, dial } from './dial.js'
import { retrying } from './store.js'
import type { Store, StoreTerms } from './store.js'

/** As many as pools of Node's clients have by default. */
const POOL = 10
const KIND_AND_LENGTH = 5
const PROTOCOL_VERSION = 196_608
const COUNT = 'INSERT INTO requests DEFAULT VALUES RETURNING id'

/** A row for each request; its number comes back when the synchronous standby has it. */
export class PostgresStore implements Store {
  readonly #port: number
  readonly #free: PostgresConnection[] = []
  readonly #waiting: (() => void)[] = []
  #open = 0

  constructor({ ports }: StoreTerms) {
    this.#port = ports[0] as number
  }

  async next(): Promise<number> {
    return retrying(async () => {
      const connection = await this.#take()
      try {
        return Number(await connection.query(COUNT))
      } finally {
        this.#give(connection)
      }
    })
  }

  async #take(): Promise<PostgresConnection> {
    while (this.#free.length === 0 && this.#open >= POOL) await new Promise<void>((free) => this.#waiting.push(free))
    const connection = this.#free.pop()
    if (connection !== undefined) return connection
    this.#open++
    try {
      return await PostgresConnection.open(this.#port)
    } catch (error) {
      this.#open--
      this.#waiting.shift()?.()
      throw error
    }
  }

  #give(connection: PostgresConnection): void {
    if (connection.ended) this.#open--
    else this.#free.push(connection)
    this.#waiting.shift()?.()
  }
}

/** The part of the wire protocol that simple queries of one value need. */
export class PostgresConnection {
  readonly #answers = new Answers<string>()
  #socket: Socket | undefined
  #rest: Buffer = Buffer.alloc(0)
  #value = ''
  #error: string | undefined
  #ended = false

  static async open(port: number): Promise<PostgresConnection> {
    const connection = new PostgresConnection()
    connection.#socket = await dial(port, (reason) => {
      connection.#ended = true
      connection.#answers.rejectAll(reason)
    })
    connection.#socket.on('data', (chunk) => connection.#read(chunk))
    const ready = connection.#answers.wait()
    const text = Buffer.from('user\0postgres\0database\0postgres\0\0')
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + text.length, 0)
    head.writeUInt32BE(PROTOCOL_VERSION, 4)
    connection.#socket.write(Buffer.concat([head, text]))
    await ready
    return connection
  }

  get ended(): boolean {
    return this.#ended
  }

  query(sql: string): Promise<string> {
    const text = Buffer.from(`${sql}\0`)
    const head = Buffer.alloc(KIND_AND_LENGTH)
    head.write('Q')
    head.writeUInt32BE(4 + text.length, 1)
    const answer = this.#answers.wait()
    if (this.#ended) this.#answers.rejectAll(new Error('the connection has ended'))
    else this.#socket?.write(Buffer.concat([head, text]))
    return answer
  }

  close(): void {
    this.#socket?.destroy()
  }

  #read(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= KIND_AND_LENGTH) {
      const end = 1 + this.#rest.readUInt32BE(1)
      if (this.#rest.length < end) return
      this.#message(String.fromCharCode(this.#rest[0] as number), this.#rest.subarray(KIND_AND_LENGTH, end))
      this.#rest = this.#rest.subarray(end)
    }
  }

  #message(kind: string, body: Buffer): void {
    if (kind === 'D') this.#value = body.toString('utf8', 6)
    else if (kind === 'E') this.#error = body.toString('utf8').replaceAll('\0', ' ')
    else if (kind === 'Z') {
      if (this.#error === undefined) this.#answers.resolve(this.#value)
      else this.#answers.reject(new Error(this.#error))
      this.#error = undefined
    }
  }
}
