import fastify from 'fastify'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { sessionOf } = require('./http-session.cjs')
const { answer, largeBody, port } = require('./service.cjs')

const app = fastify({ keepAliveTimeout: 600_000, bodyLimit: 8_000_000 })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
app.post('/ask', async (request, reply) => {
  const asked = JSON.parse(request.query.request)
  const head = await answer(sessionOf(request.raw.socket), asked, request.body)
  reply.header('x-head', JSON.stringify(head))
  return head.bytes === 0 ? { text: head.text } : largeBody(head, asked)
})

await app.listen({ port, host: '127.0.0.1' })
