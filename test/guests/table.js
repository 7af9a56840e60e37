// The guests: what is run, what speaks to it, and what is expected.
//
// packages  of npm; their versions are in package.json. Node's own modules begin with `node:`
// shows     what the clients do
// program   the program's file in `programs`, or, where npm brings a whole program, in `node_modules`; with `args`
// traffic   the file in `traffic`
// service   a server that the program speaks to (harness/services.js)
// expected  `survives`, or the code with which LLFT refuses it
// note      what a user should know
// ci        part of `npm run verify`

const NOTES = 'JSON over HTTP/1.1: notes are made, read, changed and deleted over connections that are kept alive'
const ROOM = 'a room: what anybody says is numbered and sent to all'

export const GUESTS = [
  { name: 'express', packages: ['express'], shows: NOTES, program: 'express.mjs', traffic: 'rest', ci: true },
  { name: 'fastify', packages: ['fastify'], shows: NOTES, program: 'fastify.mjs', traffic: 'rest' },
  { name: 'ws', packages: ['ws'], shows: `WebSocket: ${ROOM}`, program: 'ws.mjs', traffic: 'websocket', ci: true },
  {
    name: 'aedes',
    packages: ['aedes'],
    shows: 'MQTT: messages at QoS 1, retained, to subscribers of all topics',
    program: 'aedes.mjs',
    traffic: 'mqtt',
    ci: true,
  },
  {
    name: 'line-chat',
    packages: ['node:net', 'node:readline'],
    shows: `lines over TCP, as Telnet sends them: ${ROOM}`,
    program: 'line-chat.mjs',
    traffic: 'line',
  },
].map((guest) => ({ expected: 'survives', args: [], ...guest }))
