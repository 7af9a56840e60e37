import { randomUUID } from 'node:crypto'
import express from 'express'

const notes = new Map()
let last = 0

const app = express()
app.use(express.json())
app.get('/notes', (_, response) => response.json([...notes.values()]))
app.post('/notes', (request, response) => {
  const note = { id: ++last, text: request.body.text, key: randomUUID(), at: Date.now() }
  notes.set(note.id, note)
  response.status(201).json(note)
})
app.param('id', (request, response, next, id) => {
  request.note = notes.get(Number(id))
  if (request.note === undefined) response.status(404).end()
  else next()
})
app.get('/notes/:id', (request, response) => response.json(request.note))
app.put('/notes/:id', (request, response) => {
  request.note.text = request.body.text
  response.json(request.note)
})
app.delete('/notes/:id', (request, response) => {
  notes.delete(request.note.id)
  response.status(204).end()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
