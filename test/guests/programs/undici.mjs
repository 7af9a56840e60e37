import express from 'express'
import { fetch, Pool } from 'undici'

const origin = `http://127.0.0.1:${process.env.SERVICE_PORT}`
const pool = new Pool(origin, { connections: 2 })
const notes = new Map()

const app = express()
app.use(express.json())
app.get('/notes', (_, response) => response.json([...notes.values()]))
app.post('/notes', async ({ body }, response) => {
  // The other server gives the numbers.
  const { number } = await (await fetch(`${origin}/next`, { method: 'POST' })).json()
  const note = { id: number, text: body.text, at: Date.now() }
  notes.set(number, note)
  response.status(201).json(note)
})
app.get('/notes/:id', async ({ params }, response) => {
  const { body } = await pool.request({ method: 'GET', path: `/echo/${params.id}` })
  const note = notes.get((await body.json()).number)
  if (note === undefined) response.status(404).end()
  else response.json(note)
})
app.put('/notes/:id', ({ params, body }, response) => {
  response.json(Object.assign(notes.get(Number(params.id)), { text: body.text }))
})
app.delete('/notes/:id', ({ params }, response) => {
  response.status(notes.delete(Number(params.id)) ? 204 : 404).end()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
