// Every answer goes through a pool of workers, which have chance and a count of their own.
const http = require('node:http')
const path = require('node:path')
const workerpool = require('workerpool')
const { sessionOf } = require('./http-session.cjs')
const { answer, largeBody, port } = require('./service.cjs')

const pool = workerpool.pool(path.join(__dirname, 'workerpool-work.cjs'), { maxWorkers: 2, workerType: 'thread' })

async function read(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function serve(request, response) {
  const asked = JSON.parse(new URL(request.url, 'http://guest').searchParams.get('request'))
  const head = await pool.exec('stamp', [await answer(sessionOf(request.socket), asked, await read(request))])
  response.setHeader('x-head', JSON.stringify(head))
  if (head.bytes === 0) response.end(JSON.stringify({ text: head.text }))
  else largeBody(head, asked).pipe(response)
}

const server = http.createServer((request, response) => void serve(request, response))
server.listen(port, '127.0.0.1')
server.keepAliveTimeout = 0
