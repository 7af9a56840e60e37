import { connection, exchange, expecting } from '../harness/http.js'
import { enterAll, roomTraffic } from '../harness/room.js'

/** Speaks over one connection and hears over another, on which a request always waits. */
async function enter(port, client) {
  const [mouth, ear] = [connection(), connection()]
  const open = { closed: false }
  const after = (number) => expecting([200], exchange(port, ear, { path: `/poll?after=${number}` }))
  const hear = async () => {
    for (let number = 0; !open.closed;) {
      const { body } = await after(number)
      for (const message of body) client.hear(message)
      number = body.at(-1)?.number ?? number
    }
  }
  hear().catch((error) => open.closed || client.break(error))
  return {
    say(text) {
      const said = expecting([200], exchange(port, mouth, { method: 'POST', path: '/say', body: text }))
      said.catch((error) => client.break(error))
    },
    close() {
      open.closed = true
      mouth.destroy()
      ear.destroy()
    },
  }
}

export async function open({ port }) {
  const clients = await enterAll((client) => enter(port, client))
  return roomTraffic(clients, async () => (await exchange(port, false, { path: '/poll?after=0' })).body)
}
