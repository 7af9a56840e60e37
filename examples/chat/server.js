// A chat server: rooms, members and history live in memory only. Open it in two browser windows.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import express from 'express'
import { WebSocketServer } from 'ws'

const HISTORY_MAX = 200
const TEXT_MAX = 2000

const port = Number(process.env.PORT ?? 3000)
const page = readFileSync(new URL('page.html', import.meta.url))
const rooms = new Map()

function roomOf(name) {
  let room = rooms.get(name)
  if (room === undefined) {
    room = { name, history: [], sockets: new Set(), said: 0 }
    rooms.set(name, room)
  }
  return room
}

function say(room, from, text) {
  room.said += 1
  const message = { id: randomUUID(), number: room.said, at: new Date().toISOString(), from, text }
  room.history.push(message)
  if (room.history.length > HISTORY_MAX) room.history.shift()
  const data = JSON.stringify({ type: 'message', message })
  for (const socket of room.sockets) socket.send(data)
  return message
}

const app = express()
app.disable('x-powered-by')
app.use(express.json())

app.get('/', (request, response) => {
  response.type('html').send(page)
})

app.get('/api/rooms', (request, response) => {
  response.json([...rooms.values()].map(({ name, said, sockets }) => ({ name, said, present: sockets.size })))
})

app.get('/api/rooms/:room', (request, response) => {
  response.json(rooms.get(request.params.room)?.history ?? [])
})

app.post('/api/rooms/:room', (request, response) => {
  const { from, text } = request.body ?? {}
  if (typeof from !== 'string' || typeof text !== 'string' || text.length > TEXT_MAX) {
    response.status(400).json({ error: `from and text, at most ${TEXT_MAX} characters` })
    return
  }
  response.status(201).json(say(roomOf(request.params.room), from, text))
})

const server = createServer(app)
const sockets = new WebSocketServer({ server, maxPayload: 16 * TEXT_MAX })

sockets.on('connection', (socket, request) => {
  const url = new URL(request.url, 'http://chat')
  const room = roomOf(url.searchParams.get('room') ?? 'lobby')
  const name = url.searchParams.get('name') ?? `guest-${Math.floor(Math.random() * 10_000)}`
  room.sockets.add(socket)
  socket.send(JSON.stringify({ type: 'welcome', name, room: room.name, history: room.history }))
  say(room, 'chat', `${name} came in`)
  socket.on('message', (data) => {
    const text = String(data)
    if (text.length <= TEXT_MAX) say(room, name, text)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    room.sockets.delete(socket)
    say(room, 'chat', `${name} left`)
  })
})

server.listen(port, () => console.log(`chat listens on http://127.0.0.1:${port}`))
