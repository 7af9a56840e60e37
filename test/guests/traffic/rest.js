import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

/** Never opens another connection: a client whose connection has ended fails. */
class OneConnection extends Agent {
  #given = false

  constructor() {
    super({ keepAlive: true, maxSockets: 1 })
  }

  createConnection(options) {
    if (this.#given) throw new Error('the connection was not kept')
    this.#given = true
    return connect(options)
  }
}

/** An exchange of JSON; `agent: false` makes a connection for it. */
export async function exchange(port, agent, { method = 'GET', path, body }) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers }).end(text)
  const [response] = await once(outgoing, 'response')
  let answer = ''
  for await (const part of response.setEncoding('utf8')) answer += part
  return { status: response.statusCode, body: answer === '' ? undefined : JSON.parse(answer) }
}

async function expecting(status, asked) {
  const answer = await asked
  if (status.includes(answer.status)) return answer
  throw new Error(`status ${answer.status} instead of ${status.join(' or ')}: ${JSON.stringify(answer.body)}`)
}

function door(port) {
  const agent = new OneConnection()
  const ask = (method, path, body) => exchange(port, agent, { method, path, body })
  return {
    create: async (text) => (await expecting([200, 201], ask('POST', '/notes', { text }))).body,
    read: async (id) => {
      const { status, body } = await expecting([200, 404], ask('GET', `/notes/${id}`))
      return status === 404 ? null : body
    },
    replace: async (id, text) => (await expecting([200], ask('PUT', `/notes/${id}`, { text }))).body,
    remove: async (id) => void (await expecting([200, 204], ask('DELETE', `/notes/${id}`))),
    close: () => agent.destroy(),
  }
}

export function open({ port }) {
  const list = async () => (await expecting([200], exchange(port, false, { path: '/notes' }))).body
  return notesTraffic(Array.from({ length: CLIENTS }, () => door(port)), list)
}
