import { fileURLToPath } from 'node:url'
import express from 'express'
import { Piscina } from 'piscina'

const notes = new Map()
let last = 0
const pool = new Piscina({
  filename: fileURLToPath(new URL('shared/stamp.mjs', import.meta.url)),
  minThreads: 2,
  maxThreads: 2,
  concurrentTasksPerWorker: 2,
})

const app = express()
app.use(express.json())
app.get('/notes', (_, response) => response.json([...notes.values()]))
app.post('/notes', async ({ body }, response) => {
  const note = { id: ++last, text: body.text }
  notes.set(note.id, note)
  Object.assign(note, await pool.run(body.text))
  response.status(201).json(note)
})
app.use('/notes/:id', (request, response, next) => {
  request.note = notes.get(Number(request.params.id))
  if (request.note === undefined) response.status(404).json({})
  else next()
})
app.get('/notes/:id', ({ note }, response) => response.json(note))
app.put('/notes/:id', async ({ note, body }, response) => {
  note.text = await pool.run(body.text, { name: 'same' })
  response.json(note)
})
app.delete('/notes/:id', ({ note }, response) => {
  notes.delete(note.id)
  response.status(204).end()
})

app.listen(Number(process.env.PORT), '127.0.0.1')
