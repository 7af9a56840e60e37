import { HttpConnection } from './http-connection.js'
import { Http2Connection } from './http2-connection.js'
import { SocketIoConnection } from './socket-io-connection.js'
import type { Survival } from './survival.js'
import { TcpConnection } from './tcp-connection.js'
import { WebSocketConnection } from './websocket-connection.js'

type Guest = Pick<Survival, 'guest' | 'open'>

/** Every kind of server, with the clients that speak to it. */
export const GUESTS: Readonly<Record<'tcp' | 'express' | 'koa' | 'fastify' | 'http2' | 'ws' | 'socketIo', Guest>> = {
  tcp: { guest: 'tcp.cjs', open: (port) => TcpConnection.open(port) },
  express: { guest: 'express.cjs', open: (port) => HttpConnection.open(port) },
  koa: { guest: 'koa.cjs', open: (port) => HttpConnection.open(port) },
  fastify: { guest: 'fastify.mjs', open: (port) => HttpConnection.open(port) },
  http2: { guest: 'http2.cjs', open: (port) => Http2Connection.open(port) },
  ws: { guest: 'ws.cjs', open: (port) => WebSocketConnection.open(port) },
  // One client stays with long polling, one begins with it and changes over, the others speak WebSocket alone.
  socketIo: {
    guest: 'socket-io.cjs',
    open: (port, client) => {
      if (client === 0) return SocketIoConnection.open(port, 'polling')
      if (client === 1) return SocketIoConnection.open(port, 'polling', 'websocket')
      return SocketIoConnection.open(port, 'websocket')
    },
  },
}
