'use strict'
// Lines over TCP with numbered ticks in between, HTTP and WebSocket: a program with state everywhere, that offers
// snapshots. How it saves and restores can be broken by its second argument.
const { randomUUID } = require('node:crypto')
const { existsSync } = require('node:fs')
const { createServer } = require('node:net')
const http = require('node:http')
const { WebSocketServer } = require('ws')
const { snapshot } = require('llft/app')

const [port, how = ''] = process.argv.slice(2)
const TICK_MS = 4
/** How often somebody slow looks whether he may go on. */
const LOOK_MS = 50
let [total, visits, messages] = [0, 0, 0]
let restored = 'no'
/** Of TCP, by the client's address: the connections themselves are new ones after a snapshot. */
const clients = new Map()
/** Of WebSockets, by the name in their URL. */
const players = new Map()

const nameOf = ({ remoteAddress, remotePort }) => `${remoteAddress} ${remotePort}`

const offer = {
  save() {
    if (how === 'declines') return undefined
    // In the middle of a line.
    if ([...clients.values()].some(({ rest }) => rest !== '')) return undefined
    return { total, visits, messages, clients, players }
  },
  async restore(value) {
    if (how === 'fails') throw new Error('this cannot be read')
    if (how === 'never ends') await new Promise(() => {})
    if (how === 'slow') {
      console.log('restores')
      while (!existsSync('go on')) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    ;[total, visits, messages] = [value.total, value.visits, value.messages]
    for (const [name, client] of value.clients) clients.set(name, client)
    for (const [name, count] of value.players) players.set(name, count)
    await new Promise((resolve) => setTimeout(resolve, 20))
    restored = 'yes'
  },
}
if (how !== 'offers nothing') snapshot(offer)
if (how === 'reads input') process.stdin.resume()
for (const signal of ['SIGUSR2', 'SIGTERM']) {
  process.on(signal, () => console.log(`${signal} after ${visits} visits, restored: ${restored}`))
}

createServer((socket) => {
  const name = nameOf(socket)
  const client = clients.get(name) ?? { own: 0, ticks: 0, rest: '', id: randomUUID() }
  clients.set(name, client)
  const timer = setInterval(() => socket.write(`tick ${++client.ticks}\n`), TICK_MS)
  socket.on('close', () => {
    clearInterval(timer)
    clients.delete(name)
  })
  socket.on('error', () => {}).on('end', () => socket.end())
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (client.rest + text).split('\n')
    client.rest = lines.pop()
    for (const line of lines) socket.write(`${['reply', line, ++client.own, ++total, client.id].join(' ')}\n`)
  })
}).listen(Number(port), '127.0.0.1')

// Longer than any test leaves a connection alone.
const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume().on('end', () => response.end(JSON.stringify({ visits: ++visits, restored })))
})
new WebSocketServer({ server }).on('connection', (socket, request) => {
  socket.on('message', (data) => {
    const count = (players.get(request.url) ?? 0) + 1
    players.set(request.url, count)
    socket.send(`${String(data)} ${count} ${++messages}`)
  })
})
server.listen(Number(port) + 1, '127.0.0.1', () => console.log('up'))
