import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const notes = new Map()
let last = 0

const { Notes } = grpc.loadPackageDefinition(loadSync(fileURLToPath(new URL('shared/notes.proto', import.meta.url))))
const missing = { code: grpc.status.NOT_FOUND }

function found(use) {
  return ({ request }, callback) => {
    const note = notes.get(request.id)
    if (note === undefined) callback(missing)
    else callback(null, use(note, request))
  }
}

const server = new grpc.Server()
server.addService(Notes.service, {
  list: (_, callback) => callback(null, { notes: [...notes.values()] }),
  create({ request }, callback) {
    const note = { id: ++last, text: request.text, key: randomUUID(), at: Date.now() }
    notes.set(note.id, note)
    callback(null, note)
  },
  read: found((note) => note),
  replace: found((note, { text }) => Object.assign(note, { text })),
  remove: found(({ id }) => {
    notes.delete(id)
    return {}
  }),
})
server.bindAsync(`127.0.0.1:${process.env.PORT}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error) throw error
})
