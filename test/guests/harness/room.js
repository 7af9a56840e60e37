import { same } from './notes.js'

/**
 * A client of a program that numbers what anybody says and sends it to all. `door`: `say(text)` and `close()`;
 * `heard(message)` and `broken(error)` are called by it.
 */
export class RoomClient {
  #name
  #door
  #count = 0
  #waiting
  #broken
  /** What was said since this client came. */
  heard = []

  constructor(name) {
    this.#name = name
  }

  enter(door) {
    this.#door = door
    return this
  }

  hear(message) {
    const before = this.heard.at(-1)
    this.heard.push(message)
    if (before !== undefined && message.number !== before.number + 1) {
      this.break(new Error(`${this.#name} got message ${message.number} after ${before.number}`))
    }
    if (message.text === this.#waiting?.text) this.#waiting.resolve()
  }

  break(error) {
    this.#broken = error
    this.#waiting?.reject(error)
  }

  async exchange() {
    if (this.#broken !== undefined) throw this.#broken
    const text = `${this.#name}: ${++this.#count} ${'é'.repeat(Math.random() * 200)}`
    await new Promise((resolve, reject) => {
      this.#waiting = { text, resolve, reject }
      this.#door.say(text)
    })
  }

  close() {
    this.#door.close()
  }
}

/** `history()`: all that was said, as a newcomer is told. */
export function roomTraffic(clients, history) {
  return {
    clients,
    async state() {
      const said = await history()
      for (const { heard } of clients) same(heard, said.slice(heard[0].number - 1))
      return said
    },
  }
}

export const CLIENTS = 4

/** Opens all clients of a room; `open(client)` returns the door. */
export function enterAll(open) {
  return Promise.all(
    Array.from({ length: CLIENTS }, async (_, at) => {
      const client = new RoomClient(`client ${at + 1}`)
      return client.enter(await open(client))
    }),
  )
}
