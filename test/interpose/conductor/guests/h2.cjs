const http2 = require('node:http2')

const REQUESTS = 10
let requests = 0
let closed = 0
const server = http2.createServer()
let socket
server.on('connection', (accepted) => (socket = accepted))
server.on('session', (session) => session.on('error', (error) => console.log('session', error.code)))
server.on('stream', (stream, headers) => {
  const request = ++requests
  const { session } = stream
  let received = 0
  stream.on('error', (error) => console.log('stream', request, error.code))
  stream.on('data', (chunk) => (received += chunk.length))
  stream.on('end', () => setTimeout(respond, request % 3))
  stream.on('close', () => {
    if (++closed < REQUESTS) return
    server.close()
    session.ping(Buffer.from('farewell'), () => console.log('pong'))
    setTimeout(() => socket.destroy(), 20)
  })

  function respond() {
    stream.respond({ ':status': 200, 'x-random': String(Math.random()) }, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'x-date': String(Date.now()) })
      Promise.resolve().then(() => console.log('trailers', request, received))
    })
    stream.write('z'.repeat((request * 37) % 5000))
    setImmediate(() => stream.end(`request ${request} ${headers[':path']}`))
  }
})
server.listen(3000, '127.0.0.1', () => console.log('listening', server.address().port))
