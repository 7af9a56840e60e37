import { WebSocket } from 'ws'
import { BODY_BYTES } from './body.js'
import type { Connection, ConnectionEvents } from './connection.js'

/** Binary messages, one per request and answer. */
export function openWebSocket(port: number, events: ConnectionEvents): Connection {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false, maxPayload: BODY_BYTES.max })
  let reason = 'the connection was closed'
  let wanted = true
  socket.on('open', () => events.opened())
  socket.on('error', (error) => (reason = error.message))
  socket.on('close', () => wanted && events.ended(reason))
  socket.on('message', (data: Buffer) => events.answered(data))
  return {
    atOnceMax: Infinity,
    send: (body) => socket.send(body),
    close() {
      wanted = false
      socket.terminate()
    },
  }
}
