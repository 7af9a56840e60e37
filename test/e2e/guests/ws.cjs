// Each request is a text message, after it the upload as a binary one; the answer's large body comes in pieces.
const { WebSocketServer } = require('ws')
const { answer, largeBody, openSession, port } = require('./service.cjs')

let said = 0
const server = new WebSocketServer({ port, host: '127.0.0.1', maxPayload: 8_000_000 })

function broadcast(text) {
  const message = JSON.stringify({ said: ++said, text })
  for (const client of server.clients) client.send(message)
}

server.on('connection', (client) => {
  const session = openSession()
  let request

  async function reply(request, body) {
    const head = await answer(session, request, body)
    client.send(JSON.stringify(head))
    for await (const piece of largeBody(head, request)) client.send(piece)
    broadcast(head.text)
  }

  client.on('message', (data, isBinary) => {
    if (!isBinary) request = JSON.parse(data.toString())
    if (isBinary || request.upload === 0) void reply(request, isBinary ? data : undefined)
  })
})
