import { WebSocketServer } from 'ws'

const said = []
const server = new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' })

server.on('connection', (client) => {
  client.send(JSON.stringify({ history: said }))
  client.on('message', (data) => {
    const message = { number: said.length + 1, text: data.toString(), at: Date.now(), dice: Math.random() }
    said.push(message)
    for (const each of server.clients) each.send(JSON.stringify(message))
  })
})
