import { connection, exchange, expecting } from '../harness/http.js'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

const FIELDS = 'id text key at'
const QUERIES = {
  list: `{ answer: notes { ${FIELDS} } }`,
  create: `mutation ($text: String!) { answer: create(text: $text) { ${FIELDS} } }`,
  read: `query ($id: Int!) { answer: note(id: $id) { ${FIELDS} } }`,
  replace: `mutation ($id: Int!, $text: String!) { answer: replace(id: $id, text: $text) { ${FIELDS} } }`,
  remove: 'mutation ($id: Int!) { answer: remove(id: $id) }',
}

async function ask({ port, path, agent }, name, variables = {}) {
  const sent = exchange(port, agent, { method: 'POST', path, body: { query: QUERIES[name], variables } })
  const { data, errors } = (await expecting([200], sent)).body
  if (errors !== undefined) throw new Error(JSON.stringify(errors))
  return data.answer
}

export function open({ port, guest }) {
  const path = guest.path
  const door = () => {
    const agent = connection()
    const way = { port, path, agent }
    return {
      create: (text) => ask(way, 'create', { text }),
      read: (id) => ask(way, 'read', { id }),
      replace: (id, text) => ask(way, 'replace', { id, text }),
      async remove(id) {
        if ((await ask(way, 'remove', { id })) !== true) throw new Error(`${id} was not there`)
      },
      close: () => agent.destroy(),
    }
  }
  return notesTraffic(Array.from({ length: CLIENTS }, door), () => ask({ port, path, agent: false }, 'list'))
}
