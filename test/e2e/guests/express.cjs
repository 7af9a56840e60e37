const express = require('express')
const { sessionOf } = require('./http-session.cjs')
const { answer, largeBody, port } = require('./service.cjs')

const app = express()
app.use(express.raw({ type: () => true, limit: '8mb' }))
app.post('/ask', async (request, response) => {
  const asked = JSON.parse(request.query.request)
  const head = await answer(sessionOf(request.socket), asked, Buffer.isBuffer(request.body) ? request.body : undefined)
  response.set('x-head', JSON.stringify(head))
  if (head.bytes === 0) response.json({ text: head.text })
  else largeBody(head, asked).pipe(response.type('bin'))
})

const server = app.listen(port, '127.0.0.1')
server.keepAliveTimeout = 0
