const http2 = require('node:http2')

const REQUESTS = 10
let requests = 0
let closed = 0
const server = http2.createServer()
let socket
server.on('connection', (accepted) => (socket = accepted))
server.on('session', (session) => {
  session.on('error', (error) => console.log('session', error.code))
  session.on('close', () => console.log('session closed'))
  session.ping((error) => console.log('ping', error.code))
})
server.on('stream', (stream, headers) => {
  const request = ++requests
  let received = 0
  try {
    stream.respondWithFile(__filename)
  } catch (error) {
    console.log(error.code)
  }
  stream.on('error', (error) => console.log('stream', request, error.code))
  stream.on('data', (chunk) => (received += chunk.length))
  stream.on('end', () => setTimeout(respond, request % 3))
  stream.on('close', () => {
    if (process.argv[2] === 'resets') return
    if (++closed < REQUESTS) return
    server.close()
    setTimeout(() => socket.destroy(), 20)
  })

  function respond() {
    if (stream.destroyed) return
    stream.respond({ ':status': 200, 'x-random': String(Math.random()) }, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'x-date': String(Date.now()) })
      void Promise.resolve().then(() => console.log('trailers', request, received))
    })
    stream.write('z'.repeat((request * 37) % 5000))
    setImmediate(() => stream.end(`request ${request} ${headers[':path']}`))
  }
})
server.listen(3000, '127.0.0.1', () => console.log('listening', server.address().port))
if (process.argv[2] === 'resets') setTimeout(() => process.exit(0), 1000)
