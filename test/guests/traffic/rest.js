import { connection, exchange, expecting } from '../harness/http.js'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

function door(port) {
  const agent = connection()
  const ask = (method, path, body) => exchange(port, agent, { method, path, body })
  return {
    create: async (text) => (await expecting([200, 201], ask('POST', '/notes', { text }))).body,
    async read(id) {
      const { status, body } = await expecting([200, 404], ask('GET', `/notes/${id}`))
      return status === 404 ? null : body
    },
    replace: async (id, text) => (await expecting([200], ask('PUT', `/notes/${id}`, { text }))).body,
    remove: async (id) => void (await expecting([200, 204], ask('DELETE', `/notes/${id}`))),
    close: () => agent.destroy(),
  }
}

export function open({ port, guest }) {
  const list = async () => (await expecting([200], exchange(port, false, { path: '/notes' }))).body
  return notesTraffic(
    Array.from({ length: CLIENTS }, () => door(port)),
    list,
    guest.reusesIds,
  )
}
