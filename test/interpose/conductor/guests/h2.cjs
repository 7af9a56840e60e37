const http2 = require('node:http2')

let requests = 0
const server = http2.createServer()
server.on('session', (session) => session.on('error', (error) => console.log('session', error.code)))
server.on('stream', (stream, headers) => {
  const request = ++requests
  const path = headers[':path']
  if (path === '/last') {
    server.close()
    stream.session.close()
  }
  stream.on('error', (error) => console.log('stream', request, error.code))
  let received = 0
  stream.on('data', (chunk) => (received += chunk.length))
  stream.on('end', () => {
    setTimeout(() => {
      stream.respond({ ':status': 200, 'x-request': String(request), 'x-random': String(Math.random()) }, { waitForTrailers: true })
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'x-date': String(Date.now()) })
        Promise.resolve().then(() => console.log('trailers', request, received))
      })
      stream.write('z'.repeat((request * 37) % 5000))
      setImmediate(() => stream.end(`request ${request} ${path}`))
    }, request % 3)
  })
})
server.listen(3000, '127.0.0.1', () => console.log('listening', server.address().port))
