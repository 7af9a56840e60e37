import { H3, HTTPError, noContent, readBody, serve } from 'h3'

const notes = new Map()
let last = 0

function noteOf(event) {
  const note = notes.get(Number(event.context.params.id))
  if (note === undefined) throw new HTTPError({ status: 404 })
  return note
}

const app = new H3()
app.get('/notes', () => [...notes.values()])
app.post('/notes', async (event) => {
  const { text } = await readBody(event)
  const note = { id: ++last, text, key: crypto.randomUUID(), at: Date.now() }
  notes.set(note.id, note)
  event.res.status = 201
  return note
})
app.get('/notes/:id', noteOf)
app.put('/notes/:id', async (event) => Object.assign(noteOf(event), { text: (await readBody(event)).text }))
app.delete('/notes/:id', (event) => {
  notes.delete(noteOf(event).id)
  return noContent()
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1' })
