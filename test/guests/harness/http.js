import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'

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

/** What stays one connection for all its exchanges. */
export function connection() {
  return new OneConnection()
}

/** An exchange; `agent: false` makes a connection for it. What is sent and what comes is JSON. */
export async function exchange(port, agent, { method = 'GET', path, body }) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers }).end(text)
  let answer = ''
  try {
    const [response] = await once(outgoing, 'response')
    for await (const part of response.setEncoding('utf8')) answer += part
    return { status: response.statusCode, body: answer === '' ? undefined : JSON.parse(answer) }
  } catch (error) {
    const way = agent === false ? 'a new connection' : 'the connection that is kept'
    throw new Error(`${method} ${path} over ${way}, ${answer.length} characters of the answer: ${error.message}`, {
      cause: error,
    })
  }
}

export async function expecting(statuses, asked) {
  const answer = await asked
  if (statuses.includes(answer.status)) return answer
  throw new Error(`status ${answer.status} instead of ${statuses.join(' or ')}: ${JSON.stringify(answer.body)}`)
}
