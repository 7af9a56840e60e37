import { randomUUID } from 'node:crypto'
import Hapi from '@hapi/hapi'

const notes = new Map()
let last = 0

const server = Hapi.server({ port: Number(process.env.PORT), host: '127.0.0.1' })
const missing = (h) => h.response({}).code(404)
server.route([
  { method: 'GET', path: '/notes', handler: () => [...notes.values()] },
  {
    method: 'POST',
    path: '/notes',
    handler: ({ payload }, h) => {
      const note = { id: ++last, text: payload.text, key: randomUUID(), at: Date.now() }
      notes.set(note.id, note)
      return h.response(note).code(201)
    },
  },
  { method: 'GET', path: '/notes/{id}', handler: ({ params }, h) => notes.get(Number(params.id)) ?? missing(h) },
  {
    method: 'PUT',
    path: '/notes/{id}',
    handler: ({ params, payload }, h) => {
      const note = notes.get(Number(params.id))
      return note === undefined ? missing(h) : Object.assign(note, { text: payload.text })
    },
  },
  {
    method: 'DELETE',
    path: '/notes/{id}',
    handler: ({ params }, h) => (notes.delete(Number(params.id)) ? h.response().code(204) : missing(h)),
  },
])
await server.start()
