import type { Socket } from 'node:net'
import { Answers, dial } from './dial.js'
import { retrying } from './store.js'
import type { Store, StoreTerms } from './store.js'

/** Who waits longer for a replica asks the sentinels again: the primary may be another one by now. */
const ANSWER_MS = 1000
const KEY = 'count'
const ONE_REPLICA = 1

export type Reply = string | number | null | readonly Reply[]

/** `INCR`, then `WAIT 1`: the count is given out when one replica has it. */
export class RedisStore implements Store {
  readonly #sentinels: readonly number[]
  readonly #batch: boolean
  #connection: Promise<RedisConnection> | undefined
  /** Requests that share the next `WAIT`; bounded by what clients have on their way. */
  #next: { readonly resolve: (count: number) => void; readonly reject: (reason: unknown) => void }[] = []
  #running = false

  constructor({ ports, batch }: StoreTerms) {
    this.#sentinels = ports
    this.#batch = batch
  }

  next(): Promise<number> {
    const count = new Promise<number>((resolve, reject) => this.#next.push({ resolve, reject }))
    if (!this.#running) void this.#run()
    return count
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#next.length > 0) {
      const batch = this.#next.splice(0, this.#batch ? this.#next.length : 1)
      try {
        const counts = await retrying(() => this.#count(batch.length))
        for (const [at, { resolve }] of batch.entries()) resolve(counts[at] as number)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#running = false
  }

  async #count(times: number): Promise<readonly number[]> {
    this.#connection ??= this.#find()
    try {
      const connection = await this.#connection
      const counting = Array.from({ length: times }, () => connection.call('INCR', KEY))
      const confirmed = connection.call('WAIT', String(ONE_REPLICA), String(ANSWER_MS))
      const [counts, replicas] = await Promise.all([Promise.all(counting), confirmed])
      if (Number(replicas) < ONE_REPLICA) throw new Error('no replica has it')
      return counts.map(Number)
    } catch (error) {
      void this.#connection?.then((connection) => connection.close()).catch(() => undefined)
      this.#connection = undefined
      throw error
    }
  }

  /** As Redis clients do: a sentinel says who is primary, and who says so itself is. */
  async #find(): Promise<RedisConnection> {
    for (const port of this.#sentinels) {
      try {
        const sentinel = await RedisConnection.open(port)
        const address = await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'bench')
        sentinel.close()
        if (!Array.isArray(address)) continue
        const primary = await RedisConnection.open(Number(address[1]))
        const role = await primary.call('ROLE')
        if (Array.isArray(role) && role[0] === 'master') return primary
        primary.close()
      } catch {
        continue
      }
    }
    throw new Error('no primary')
  }
}

export class RedisConnection {
  readonly #answers = new Answers<Reply>()
  #socket: Socket | undefined
  #rest: Buffer = Buffer.alloc(0)

  static async open(port: number): Promise<RedisConnection> {
    const connection = new RedisConnection()
    connection.#socket = await dial(port, (reason) => connection.#answers.rejectAll(reason))
    connection.#socket.on('data', (chunk) => connection.#read(chunk))
    return connection
  }

  call(...words: readonly string[]): Promise<Reply> {
    const answer = this.#answers.wait()
    // It ended while nobody waited for anything.
    if (this.#socket?.destroyed === true) this.#answers.rejectAll(new Error('the connection has ended'))
    const text = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')
    this.#socket?.write(`*${words.length}\r\n${text}`)
    const bound = setTimeout(() => this.#socket?.destroy(), ANSWER_MS * 2)
    return answer.finally(() => clearTimeout(bound))
  }

  close(): void {
    this.#socket?.destroy()
  }

  #read(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const found = parse(this.#rest, 0)
      if (found === undefined) return
      this.#rest = this.#rest.subarray(found.end)
      if (found.error === undefined) this.#answers.resolve(found.reply)
      else this.#answers.reject(new Error(found.error))
    }
  }
}

interface Parsed {
  readonly reply: Reply
  readonly end: number
  readonly error?: string
}

function parse(bytes: Buffer, from: number): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', from)
  if (lineEnd === -1) return undefined
  const [kind, line, end] = [bytes[from], bytes.toString('utf8', from + 1, lineEnd), lineEnd + 2]
  switch (String.fromCharCode(kind ?? 0)) {
    case ':':
      return { reply: Number(line), end }
    case '-':
      return { reply: null, end, error: line }
    case '$': {
      const length = Number(line)
      if (length < 0) return { reply: null, end }
      return bytes.length < end + length + 2
        ? undefined
        : { reply: bytes.toString('utf8', end, end + length), end: end + length + 2 }
    }
    case '*':
      return parseList(bytes, end, Number(line))
    default:
      return { reply: line, end }
  }
}

function parseList(bytes: Buffer, from: number, length: number): Parsed | undefined {
  const replies: Reply[] = []
  let end = from
  for (let at = 0; at < length; at++) {
    const found = parse(bytes, end)
    if (found === undefined) return undefined
    replies.push(found.reply)
    end = found.end
  }
  return { reply: replies, end }
}
