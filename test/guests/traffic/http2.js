import { once } from 'node:events'
import { connect } from 'node:http2'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

function dial(port) {
  const session = connect(`http://127.0.0.1:${port}`)
  const broken = new Promise((_, reject) => {
    session.on('error', reject).on('close', () => reject(new Error('the session has ended')))
  })
  // Nobody waits between two requests, nor when the client itself leaves.
  broken.catch(() => {})
  const exchange = async (method, path, body) => {
    const stream = session.request({ ':method': method, ':path': path })
    const response = once(stream, 'response')
    stream.end(body === undefined ? undefined : JSON.stringify(body))
    const [headers] = await response
    let text = ''
    for await (const part of stream.setEncoding('utf8')) text += part
    return headers[':status'] === 404 ? null : JSON.parse(text)
  }
  return {
    ask: (...words) => Promise.race([exchange(...words), broken]),
    close: () => session.destroy(),
  }
}

function door(port) {
  const { ask, close } = dial(port)
  return {
    create: (text) => ask('POST', '/notes', { text }),
    read: (id) => ask('GET', `/notes/${id}`),
    replace: (id, text) => ask('PUT', `/notes/${id}`, { text }),
    remove: (id) => ask('DELETE', `/notes/${id}`),
    close,
  }
}

export function open({ port }) {
  const doors = Array.from({ length: CLIENTS }, () => door(port))
  return notesTraffic(doors, async () => {
    const { ask, close } = dial(port)
    const notes = await ask('GET', '/notes')
    close()
    return notes
  })
}
