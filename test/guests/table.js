// The guests: what is run, what speaks to it, and what is expected.
//
// packages  of npm; their versions are in package.json. Node's own modules begin with `node:`
// shows     what the clients do
// program   the program's file in `programs`, or, where npm brings a whole program, in `node_modules`; with `args`;
//           by default it is called like the guest
// traffic   the file in `traffic`
// path      where the server takes its requests
// reusesIds  the program gives the id of a note that was removed to another
// files     in the program's working directory
// native    a package that must be built for each Node
// service   a server that the program speaks to (harness/services.js)
// expected  `survives`, or the code with which LLFT refuses it
// note      what a user should know
// ci        part of `npm run verify`

const NOTES = 'JSON over HTTP/1.1: notes are made, read, changed and deleted over connections that are kept alive'
const ROOM = 'a room: what anybody says is numbered and sent to all'

const DOCUMENT = 'Yjs: four clients write into one document, each waits until its neighbour sees it'

const rest = (name, packages, rest = {}) => ({ name, packages, shows: NOTES, traffic: 'rest', ...rest })
const room = (name, packages, shows, rest) => ({ name, packages, shows: `${shows}: ${ROOM}`, ...rest })

export const GUESTS = [
  rest('express', ['express']),
  rest('fastify', ['fastify']),
  rest('koa', ['koa', '@koa/router']),
  rest('hono', ['hono', '@hono/node-server']),
  rest('hapi', ['@hapi/hapi']),
  rest('h3', ['h3']),
  rest('nestjs', ['@nestjs/core', '@nestjs/platform-express'], { ci: true }),
  rest('json-server', ['json-server'], {
    program: 'json-server/lib/cli/bin.js',
    args: (port) => ['--host', '127.0.0.1', '--port', String(port), '--quiet', 'db.json'],
    files: { 'db.json': '{ "notes": [] }' },
    reusesIds: true,
    shows: `${NOTES}; the program writes them to a file`,
  }),
  {
    name: 'apollo',
    packages: ['@apollo/server', 'graphql'],
    shows: 'GraphQL: notes are made, read, changed and deleted',
    traffic: 'graphql',
    path: '/',
  },
  {
    name: 'yoga',
    packages: ['graphql-yoga', 'graphql'],
    shows: 'GraphQL: notes are made, read, changed and deleted',
    traffic: 'graphql',
    path: '/graphql',
  },
  room('long-poll', ['node:http'], 'requests over HTTP/1.1 that wait for the answer', { traffic: 'long-poll' }),
  room('ws', ['ws'], 'WebSocket', { traffic: 'websocket' }),
  room('socket.io', ['socket.io'], 'long polling, WebSocket, and from one to the other', {
    traffic: 'socket.io',
    ci: true,
  }),
  room('sockjs', ['sockjs'], 'WebSocket', { traffic: 'websocket', path: '/chat/websocket' }),
  {
    name: 'y-websocket',
    packages: ['y-websocket', 'yjs'],
    shows: DOCUMENT,
    program: 'y-websocket/bin/server.cjs',
    traffic: 'y-websocket',
    ci: true,
  },
  { name: 'hocuspocus', packages: ['@hocuspocus/server', 'yjs'], shows: DOCUMENT, traffic: 'hocuspocus' },
  {
    name: 'colyseus',
    packages: ['@colyseus/core', '@colyseus/ws-transport', '@colyseus/schema'],
    shows: 'a game room with a tick of 50 ms: players step and see the world change',
    traffic: 'colyseus',
    ci: true,
  },
  {
    name: 'aedes',
    packages: ['aedes'],
    shows: 'MQTT: messages at QoS 1, retained, to subscribers of all topics',
    traffic: 'mqtt',
    ci: true,
  },
  {
    name: 'redis-server',
    packages: ['redis-parser', 'node:net'],
    shows: 'the protocol of Redis (RESP), spoken by ioredis',
    traffic: 'redis',
  },
  room('line-chat', ['node:net', 'node:readline'], 'lines over TCP, as Telnet sends them', {
    traffic: 'line',
  }),
  rest('better-sqlite3', ['better-sqlite3', 'express'], {
    shows: `${NOTES}; they are in a native, synchronous database in memory`,
    native: 'better-sqlite3',
  }),
  rest('piscina', ['piscina', 'express'], {
    shows: `${NOTES}; a pool of worker threads, in memory that they share, stamps them`,
  }),
  rest('pg', ['pg', 'express'], {
    shows: `${NOTES}; they are in a PostgreSQL, and each is written there once`,
    service: 'postgres',
    ci: true,
  }),
  rest('ioredis', ['ioredis', 'express'], {
    shows: `${NOTES}; they are in a Redis, and each is written there once`,
    service: 'redis',
    ci: true,
  }),
  rest('undici', ['undici', 'express'], {
    shows: `${NOTES}; their numbers come from another HTTP server, which is asked once for each`,
    service: 'http',
  }),
  {
    name: 'http2',
    packages: ['node:http2'],
    shows: 'HTTP/2: notes are made, read, changed and deleted',
    traffic: 'http2',
  },
  {
    name: 'grpc',
    packages: ['@grpc/grpc-js', '@grpc/proto-loader'],
    shows: 'gRPC: notes are made, read, changed and deleted',
    traffic: 'grpc',
    ci: true,
  },
].map((guest) => ({ expected: 'survives', program: `${guest.name}.mjs`, ...guest }))
