// Cleartext HTTP/2: each answer with a pushed stream, a trailer, and a ping to the client.
const http2 = require('node:http2')
const { answer, largeBody, openSession, port } = require('./service.cjs')

const server = http2.createServer()
server.on('session', (session) => {
  const own = openSession()
  session.on('stream', (stream, headers) => void serve(own, stream, headers))
})

async function serve(own, stream, headers) {
  const pieces = []
  for await (const piece of stream) pieces.push(piece)
  const asked = JSON.parse(headers['x-request'])
  const head = await answer(own, asked, Buffer.concat(pieces))
  stream.session.ping(() => {})
  stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
    if (error) throw error
    pushed.respond({ ':status': 200 })
    pushed.end(String(head.salt))
  })
  stream.respond({ ':status': 200, 'x-head': JSON.stringify(head) }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-salt': String(head.salt) }))
  if (head.bytes === 0) stream.end(JSON.stringify({ text: head.text }))
  else largeBody(head, asked).pipe(stream)
}

server.listen(port, '127.0.0.1')
