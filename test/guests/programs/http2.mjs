import { createServer } from 'node:http2'
import { randomUUID } from 'node:crypto'

const notes = new Map()
let last = 0

createServer(async (request, response) => {
  const id = Number(request.url.split('/')[2])
  const note = notes.get(id)
  const json = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  if (request.url === '/notes' && request.method === 'GET') return json(200, [...notes.values()])
  if (request.method === 'POST') {
    const created = { id: ++last, text: JSON.parse(text).text, key: randomUUID(), at: Date.now() }
    notes.set(created.id, created)
    return json(201, created)
  }
  if (note === undefined) return json(404, {})
  if (request.method === 'PUT') note.text = JSON.parse(text).text
  if (request.method === 'DELETE') notes.delete(id)
  return json(200, note)
}).listen(Number(process.env.PORT), '127.0.0.1')
