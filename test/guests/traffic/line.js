import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { enterAll, roomTraffic } from '../harness/room.js'

async function enter(port, client) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', (error) => client.break(error)).on('close', () => client.break(new Error('closed')))
  const lines = createInterface({ input: socket })
  const [first] = await once(lines, 'line')
  lines.on('line', (line) => client.hear(JSON.parse(line)))
  return {
    history: JSON.parse(first).history,
    say: (text) => socket.write(`${text}\r\n`),
    close: () => socket.destroy(),
  }
}

export async function open({ port }) {
  const clients = await enterAll((client) => enter(port, client))
  return roomTraffic(clients, async () => {
    const { history, close } = await enter(port, { break() {}, hear() {} })
    close()
    return history
  })
}
