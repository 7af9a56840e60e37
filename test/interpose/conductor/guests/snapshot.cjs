'use strict'
// An HTTP server that offers snapshots, in the way that its argument says.
const http = require('node:http')
const { snapshot } = require('llft/app')

const [, , how = 'plain'] = process.argv
const visits = new Map()
let ticks = 0
let ticking

const offers = {
  plain: { save: () => ({ visits, ticks }), restore: (value) => take(value) },
  slow: {
    save: () => ({ visits, ticks }),
    async restore(value) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      take(value)
    },
  },
  clock: { save: () => [Date.now(), Math.random(), new Uint8Array([1, 2, 3])], restore: (value) => console.log(value) },
  later: { save: () => undefined, restore() {} },
  throws: {
    save() {
      throw new Error('no room')
    },
    async restore() {
      throw new TypeError('of no use')
    },
  },
  promise: { save: async () => 1, restore() {} },
  large: { save: () => Buffer.alloc(16 * 1024 * 1024), restore() {} },
}

function take(value) {
  for (const [path, count] of value.visits) visits.set(path, count)
  ticks = value.ticks
  console.log('restored', ticks, [...visits])
}

if (how !== 'none') {
  snapshot(offers.later)
  snapshot(offers[how])
}

const server = http.createServer((request, response) => {
  const { url } = request
  visits.set(url, (visits.get(url) ?? 0) + 1)
  const answer = () => response.end(`visit ${visits.get(url)} of ${url}, tick ${ticks}`)
  if (url === '/never') return
  if (url === '/end') {
    server.close()
    clearInterval(ticking)
  }
  request.resume().on('end', answer)
})
server.on('upgrade', (request, socket) => {
  if (request.url === '/unanswered') return
  const extensions = request.url === '/compressed' ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n${extensions}\r\n`)
  socket.on('data', (bytes) => socket.write(bytes)).on('error', () => {})
})
server.listen(3000, '127.0.0.1', () => {
  console.log('listening')
  ticking = setInterval(() => console.log('tick', ++ticks), 10)
})
