import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

const said = []
const clients = new Set()

createServer((client) => {
  clients.add(client)
  client.on('close', () => clients.delete(client)).on('error', () => client.destroy())
  client.write(`${JSON.stringify({ history: said })}\r\n`)
  createInterface({ input: client }).on('line', (text) => {
    const message = { number: said.length + 1, text, at: Date.now(), dice: Math.random() }
    said.push(message)
    for (const each of clients) each.write(`${JSON.stringify(message)}\r\n`)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
