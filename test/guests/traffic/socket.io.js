import { io } from 'socket.io-client'
import { enterAll, roomTraffic } from '../harness/room.js'

const TRANSPORTS = [['polling'], ['polling', 'websocket'], ['websocket'], ['websocket']]

function dial(port, transports) {
  return io(`http://127.0.0.1:${port}`, { transports, reconnection: false, forceNew: true })
}

export async function open({ port }) {
  const open = [...TRANSPORTS]
  const clients = await enterAll(async (client) => {
    const socket = dial(port, open.shift())
    socket.on('connect_error', (error) => client.break(error))
    socket.on('disconnect', (reason) => client.break(new Error(`disconnected: ${reason}`)))
    socket.on('said', (message) => client.hear(message))
    await new Promise((resolve) => socket.once('connect', resolve))
    return { say: (text) => socket.emit('say', text), close: () => socket.disconnect() }
  })
  return roomTraffic(clients, async () => {
    const socket = dial(port, ['websocket'])
    const said = await new Promise((resolve) => socket.emit('history', resolve))
    socket.disconnect()
    return said
  })
}
