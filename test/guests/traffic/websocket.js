import { once } from 'node:events'
import { WebSocket } from 'ws'
import { enterAll, roomTraffic } from '../harness/room.js'

async function enter({ port, guest }, client) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${guest.path ?? '/'}`)
  socket.on('error', (error) => client.break(error)).on('close', (code) => client.break(new Error(`closed: ${code}`)))
  const [first] = await once(socket, 'message')
  socket.on('message', (data) => client.hear(JSON.parse(data)))
  return { history: JSON.parse(first).history, say: (text) => socket.send(text), close: () => socket.terminate() }
}

export async function open(terms) {
  const clients = await enterAll((client) => enter(terms, client))
  return roomTraffic(clients, async () => {
    const { history, close } = await enter(terms, { break() {}, hear() {} })
    close()
    return history
  })
}
