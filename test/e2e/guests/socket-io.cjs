const { createServer } = require('node:http')
const { Server } = require('socket.io')
const { answer, largeBody, openSession, port } = require('./service.cjs')

const http = createServer()
const io = new Server(http, { maxHttpBufferSize: 8_000_000, pingInterval: 1000 })
let said = 0

io.on('connection', (client) => {
  const session = openSession()
  void client.join('all')
  client.on('ask', async (request, body, acknowledge) => {
    const head = await answer(session, request, body)
    let offset = 0
    for await (const piece of largeBody(head, request)) {
      client.emit('piece', head.salt, offset, piece)
      offset += piece.length
    }
    acknowledge(head)
    io.to('all').emit('said', ++said, head.text)
  })
})

http.listen(port, '127.0.0.1')
