import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const notes = new Map()
let last = 0

const app = new Hono()
app.get('/notes', (context) => context.json([...notes.values()]))
app.post('/notes', async (context) => {
  const { text } = await context.req.json()
  const note = { id: ++last, text, key: crypto.randomUUID(), at: Date.now() }
  notes.set(note.id, note)
  return context.json(note, 201)
})
app.use('/notes/:id', async (context, next) => {
  const note = notes.get(Number(context.req.param('id')))
  if (note === undefined) return context.json({}, 404)
  context.set('note', note)
  return next()
})
app.get('/notes/:id', (context) => context.json(context.get('note')))
app.put('/notes/:id', async (context) => {
  context.get('note').text = (await context.req.json()).text
  return context.json(context.get('note'))
})
app.delete('/notes/:id', (context) => {
  notes.delete(context.get('note').id)
  return context.body(null, 204)
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
