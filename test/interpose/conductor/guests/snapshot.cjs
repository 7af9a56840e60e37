'use strict'
// A server that offers snapshots, in the way that its argument says.
const http = require('node:http')
const http2 = require('node:http2')
const { Worker } = require('node:worker_threads')
const zlib = require('node:zlib')
const { snapshot } = require('llft/app')

const [, , how = 'plain'] = process.argv
const FLOOD_BYTES = 300 * 1024
const visits = new Map()
let ticks = 0
let ticking
let worker

function usedMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const plain = { save: () => ({ visits, ticks }), restore: (value) => take(value) }
const offers = {
  plain,
  worker: plain,
  http2: plain,
  slow: {
    ...plain,
    async restore(value) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      take(value)
    },
  },
  busy: {
    ...plain,
    save() {
      const before = usedMs()
      setImmediate(() => console.log('immediate'))
      setTimeout(() => console.log('timer', usedMs() - before < 250), 0)
      zlib.deflate('x', () => console.log('completion'))
      process.nextTick(() => console.log('tick of save'))
      queueMicrotask(() => console.log('microtask of save'))
      return { visits, ticks }
    },
  },
  clock: {
    ...plain,
    save: () => ({ now: Date.now(), random: Math.random(), bytes: new Uint8Array(3000).fill(7), visits, ticks }),
  },
  kinds: {
    ...plain,
    save() {
      // The same array, kept by V8 in another way.
      const numbers = process.env.SNAPSHOT_TEST_DOUBLES === undefined ? [1, 2, 3] : [1.5, 2, 3]
      numbers[0] = 1
      return { numbers, visits, ticks }
    },
  },
  later: { ...plain, save: () => undefined },
  throws: {
    save() {
      throw new Error('no room')
    },
    async restore() {
      throw new TypeError('of no use')
    },
  },
  promise: { save: async () => 1, restore: () => JSON.parse('{') },
  long: { ...plain, save: () => Buffer.alloc(256 * 1024, 'llft') },
  large: { ...plain, save: () => Buffer.alloc(16 * 1024 * 1024) },
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
if (how === 'worker') {
  // What a thread offers is nothing to its replica, and no error.
  const app = JSON.stringify(require.resolve('llft/app'))
  const offer = `require(${app}).snapshot({ save: () => 'of a thread', restore() {} })`
  worker = new Worker(`${offer}; setInterval(() => {}, 1000)`, { eval: true })
}
if (how === 'busy') process.on('SIGUSR2', () => console.log('signal'))

function respond(request, response) {
  const { url } = request
  visits.set(url, (visits.get(url) ?? 0) + 1)
  if (url === '/never') return
  if (url === '/stop') {
    worker.terminate().then(() => response.end('stopped'))
    return
  }
  if (url === '/end') {
    server.close()
    clearInterval(ticking)
  }
  request.resume().on('end', () => response.end(`visit ${visits.get(url)} of ${url}, tick ${ticks}`))
}

function upgrade({ url }, socket) {
  socket.on('error', () => {})
  if (url === '/unanswered') return
  const extensions = url === '/compressed' ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n${extensions}\r\n`)
  if (url === '/flood') socket.write(Buffer.alloc(FLOOD_BYTES))
  if (url !== '/paused') socket.on('data', (bytes) => socket.write(`read ${bytes.length}`))
}

const server = how === 'http2' ? http2.createServer(respond) : http.createServer(respond)
server.on('upgrade', upgrade).on('connect', upgrade)
server.listen(3000, '127.0.0.1', () => {
  console.log('listening')
  ticking = setInterval(() => ++ticks, 10)
})
