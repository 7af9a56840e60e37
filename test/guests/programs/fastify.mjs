import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'

const notes = new Map()
let last = 0

const app = Fastify({ logger: { level: 'warn' } })
const body = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }

app.get('/notes', async () => [...notes.values()])
app.post('/notes', { schema: { body } }, async (request, reply) => {
  const note = { id: ++last, text: request.body.text, key: randomUUID(), at: Date.now() }
  notes.set(note.id, note)
  return reply.code(201).send(note)
})
app.get('/notes/:id', async (request, reply) => notes.get(Number(request.params.id)) ?? reply.code(404).send())
app.put('/notes/:id', { schema: { body } }, async (request, reply) => {
  const note = notes.get(Number(request.params.id))
  if (note === undefined) return reply.code(404).send()
  note.text = request.body.text
  return note
})
app.delete('/notes/:id', async (request, reply) => {
  return reply.code(notes.delete(Number(request.params.id)) ? 204 : 404).send()
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
