import { randomUUID } from 'node:crypto'
import express from 'express'
import { Redis } from 'ioredis'

const redis = new Redis({ host: '127.0.0.1', port: Number(process.env.SERVICE_PORT) })

const app = express()
app.use(express.json())
app.get('/notes', async (_, response) => {
  response.json((await redis.hvals('notes')).map((text) => JSON.parse(text)))
})
app.post('/notes', async ({ body }, response) => {
  const note = { id: await redis.incr('last'), text: body.text, key: randomUUID(), at: Date.now() }
  await redis.hset('notes', note.id, JSON.stringify(note))
  response.status(201).json(note)
})
app.get('/notes/:id', async ({ params }, response) => {
  const text = await redis.hget('notes', params.id)
  if (text === null) response.status(404).end()
  else response.json(JSON.parse(text))
})
app.put('/notes/:id', async ({ params, body }, response) => {
  const note = { ...JSON.parse(await redis.hget('notes', params.id)), text: body.text }
  await redis.hset('notes', params.id, JSON.stringify(note))
  response.json(note)
})
app.delete('/notes/:id', async ({ params }, response) => {
  response.status((await redis.hdel('notes', params.id)) === 1 ? 204 : 404).end()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
