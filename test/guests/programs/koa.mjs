import { randomUUID } from 'node:crypto'
import { Router } from '@koa/router'
import Koa from 'koa'

const notes = new Map()
let last = 0

async function json(context) {
  let text = ''
  for await (const part of context.req.setEncoding('utf8')) text += part
  return JSON.parse(text)
}

const router = new Router()
router.get('/notes', (context) => (context.body = [...notes.values()]))
router.post('/notes', async (context) => {
  const { text } = await json(context)
  const note = { id: ++last, text, key: randomUUID(), at: Date.now() }
  notes.set(note.id, note)
  context.status = 201
  context.body = note
})
router.param('id', (id, context, next) => {
  context.state.note = notes.get(Number(id))
  if (context.state.note === undefined) context.throw(404, '{}')
  return next()
})
router.get('/notes/:id', (context) => (context.body = context.state.note))
router.put('/notes/:id', async (context) => {
  context.state.note.text = (await json(context)).text
  context.body = context.state.note
})
router.delete('/notes/:id', (context) => {
  notes.delete(context.state.note.id)
  context.status = 204
})

new Koa().use(router.routes()).listen(Number(process.env.PORT), '127.0.0.1')
