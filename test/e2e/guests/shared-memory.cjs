// Every answer comes of what four workers do to memory that they share, all at the same time.
const http = require('node:http')
const path = require('node:path')
const { Worker } = require('node:worker_threads')
const { sessionOf } = require('./http-session.cjs')
const { answer, largeBody, port } = require('./service.cjs')

const WORKERS = 4
const SALT_MAX = 1_000_000
const words = new Int32Array(new SharedArrayBuffer(16))
const waiting = new Map()
const given = new Set()
let asked = 0

/** The tickets and the places in line that the workers got: each has what no other has. */
function taken({ id, number, ticket, place }) {
  for (const what of [`ticket ${ticket}`, `place ${place}`]) {
    if (given.has(what)) throw new Error(`${what} is given twice`)
    given.add(what)
  }
  const request = waiting.get(id)
  request.tickets[number] = ticket * 7 + place
  if (--request.missing > 0) return
  waiting.delete(id)
  request.done(request.tickets.reduce((sum, of) => (sum * 31 + of) % SALT_MAX, 0))
}

const file = path.join(__dirname, 'shared-memory-work.cjs')
const workers = Array.from({ length: WORKERS }, (_, number) => new Worker(file, { workerData: { number, words } }))
for (const worker of workers) worker.on('message', taken)

function stamp(head) {
  const id = ++asked
  return new Promise((resolve) => {
    const done = (salt) => resolve({ ...head, salt })
    waiting.set(id, { tickets: [], missing: WORKERS, done })
    for (const worker of workers) worker.postMessage(id)
  })
}

async function read(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function serve(request, response) {
  const question = JSON.parse(new URL(request.url, 'http://guest').searchParams.get('request'))
  const head = await stamp(await answer(sessionOf(request.socket), question, await read(request)))
  response.setHeader('x-head', JSON.stringify(head))
  if (head.bytes === 0) response.end(JSON.stringify({ text: head.text }))
  else largeBody(head, question).pipe(response)
}

const server = http.createServer((request, response) => void serve(request, response))
server.listen(port, '127.0.0.1')
server.keepAliveTimeout = 0
