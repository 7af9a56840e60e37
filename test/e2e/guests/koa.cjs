const Koa = require('koa')
const { sessionOf } = require('./http-session.cjs')
const { answer, largeBody, port } = require('./service.cjs')

async function read(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces)
}

const app = new Koa()
app.use(async (context) => {
  const asked = JSON.parse(context.query.request)
  const head = await answer(sessionOf(context.req.socket), asked, await read(context.req))
  context.set('x-head', JSON.stringify(head))
  context.body = head.bytes === 0 ? { text: head.text } : largeBody(head, asked)
})

const server = app.listen(port, '127.0.0.1')
server.keepAliveTimeout = 0
