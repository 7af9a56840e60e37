import { createServer } from 'node:http'
import sockjs from 'sockjs'

const said = []
const clients = new Set()
const chat = sockjs.createServer({ prefix: '/chat', log() {} })

chat.on('connection', (client) => {
  clients.add(client)
  client.on('close', () => clients.delete(client))
  client.write(JSON.stringify({ history: said }))
  client.on('data', (text) => {
    const message = { number: said.length + 1, text, at: Date.now(), dice: Math.random() }
    said.push(message)
    for (const each of clients) each.write(JSON.stringify(message))
  })
})
const server = createServer()
chat.installHandlers(server)
server.listen(Number(process.env.PORT), '127.0.0.1')
