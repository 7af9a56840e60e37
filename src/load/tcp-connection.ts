import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Connection, ConnectionEvents } from './connection.js'
import { FrameReader, frameOf } from './frames.js'

const HOST = '127.0.0.1'

/** A socket whose end is told once, with the first reason there was. */
export function openSocket(port: number, events: ConnectionEvents, read: (chunk: Buffer) => void): Socket {
  const socket = connect({ port, host: HOST, noDelay: true })
  let reason = 'the connection was closed'
  socket.once('connect', () => events.opened())
  socket.on('error', (error) => (reason = error.message))
  socket.on('end', () => socket.destroy())
  socket.once('close', () => events.ended(reason))
  socket.on('data', (chunk) => {
    try {
      read(chunk)
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  })
  return socket
}

export function openTcp(port: number, events: ConnectionEvents): Connection {
  const reader = new FrameReader()
  const socket = openSocket(port, events, (chunk) => {
    for (const body of reader.read(chunk)) events.answered(body)
  })
  return {
    atOnceMax: Infinity,
    send: (body) => void socket.write(frameOf(body)),
    close: () => void socket.removeAllListeners('close').destroy(),
  }
}
