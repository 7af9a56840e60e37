import { once } from 'node:events'
import mqtt from 'mqtt'
import { same } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

const TOPICS = 5

async function connected(port) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
  const broken = once(client, 'close').then(() => {
    throw new Error('the connection was closed')
  })
  // A client that has left closes its connection, too.
  broken.catch(() => {})
  return { client, broken }
}

/** Publishes at QoS 1, retained, to a few topics of its own; waits for the broker's word and for the message itself. */
async function publisher(port, name, shared) {
  const { client, broken } = await connected(port)
  let count = 0
  let waiting
  client.on('message', (topic, payload) => {
    const text = payload.toString()
    const [from, number] = text.split(' ')
    shared.heard(name, from, Number(number))
    if (text === waiting?.text) waiting.resolve()
  })
  await client.subscribeAsync('room/#', { qos: 1 })
  return {
    async exchange() {
      const topic = `room/${name}/${Math.floor(Math.random() * TOPICS)}`
      const text = `${name} ${++count} ${'é'.repeat(Math.random() * 200)}`
      const heard = new Promise((resolve) => (waiting = { text, resolve }))
      const done = Promise.all([client.publishAsync(topic, text, { qos: 1, retain: true }), heard])
      await Promise.race([done, broken])
      shared.retained.set(topic, text)
    },
    close: () => client.end(true),
  }
}

/** What the broker retains, as a new subscriber is told. */
async function retained(port, size) {
  const { client } = await connected(port)
  const found = new Map()
  const complete = new Promise((resolve) => {
    client.on('message', (topic, payload) => found.set(topic, payload.toString()).size === size && resolve())
  })
  await client.subscribeAsync('room/#', { qos: 1 })
  await complete
  client.end(true)
  return found
}

export async function open({ port }) {
  /** By listener and publisher: the number of the last message. */
  const last = new Map()
  const shared = {
    retained: new Map(),
    heard(listener, from, number) {
      const before = last.get(`${listener} ${from}`)
      if (before !== undefined && number !== before + 1)
        shared.gap ??= `${listener} got ${from} ${number} after ${before}`
      last.set(`${listener} ${from}`, number)
    },
  }
  const names = Array.from({ length: CLIENTS }, (_, at) => `client-${at + 1}`)
  return {
    clients: await Promise.all(names.map((name) => publisher(port, name, shared))),
    async state() {
      if (shared.gap !== undefined) throw new Error(shared.gap)
      const found = await retained(port, shared.retained.size)
      same(found, shared.retained)
      return found
    },
  }
}
