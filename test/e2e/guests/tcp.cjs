// Requests are lines of JSON, each followed by the `upload` bytes it announces; so are the answers, with `bytes`.
const { createServer } = require('node:net')
const { answer, largeBody, openSession, port } = require('./service.cjs')

createServer((socket) => {
  const session = openSession()
  let unread = Buffer.alloc(0)
  let answered = Promise.resolve()

  async function reply(request, body) {
    const head = await answer(session, request, body)
    socket.write(`${JSON.stringify(head)}\n`)
    for await (const piece of largeBody(head, request)) socket.write(piece)
  }

  socket.on('data', (bytes) => {
    unread = Buffer.concat([unread, bytes])
    for (;;) {
      const end = unread.indexOf('\n')
      if (end < 0) return
      const request = JSON.parse(unread.subarray(0, end).toString())
      const next = end + 1 + request.upload
      if (unread.length < next) return
      const body = unread.subarray(end + 1, next)
      unread = unread.subarray(next)
      answered = answered.then(() => reply(request, body))
    }
  })
}).listen(port, '127.0.0.1')
