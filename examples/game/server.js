// A small arena over raw TCP: the world moves every 50 ms by itself, with chance in it, in memory only.
// Lines from a player: `name <name>`, `up`, `down`, `left`, `right`. The server sends one line of JSON per tick.
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

const TICK_MS = 50
const SIZE = 32
const COINS = 8
/** A player who does not read is dropped rather than remembered without bound. */
const UNREAD_BYTES_MAX = 1 << 20

const STEPS = new Map([
  ['up', [0, -1]],
  ['down', [0, 1]],
  ['left', [-1, 0]],
  ['right', [1, 0]],
])

const port = Number(process.env.PORT ?? 3002)
const startedAt = Date.now()
const players = new Map()
const coins = []
let tick = 0
let joined = 0

function anywhere() {
  return { x: Math.floor(Math.random() * SIZE), y: Math.floor(Math.random() * SIZE) }
}

while (coins.length < COINS) coins.push(anywhere())

function obey(player, line) {
  const [word, rest] = line.trim().split(/\s+/, 2)
  if (word === 'name' && rest !== undefined) player.name = rest.slice(0, 20)
  else if (STEPS.has(word)) player.step = STEPS.get(word)
}

const server = createServer((socket) => {
  joined += 1
  const player = { id: joined, name: `player-${joined}`, ...anywhere(), step: [0, 0], score: 0 }
  players.set(socket, player)
  socket.setNoDelay(true)
  socket.write(`${JSON.stringify({ type: 'welcome', you: player.id, size: SIZE, tick })}\n`)
  createInterface({ input: socket }).on('line', (line) => obey(player, line))
  socket.on('error', () => socket.destroy())
  socket.on('close', () => players.delete(socket))
})

function move(player) {
  player.x = (player.x + player.step[0] + SIZE) % SIZE
  player.y = (player.y + player.step[1] + SIZE) % SIZE
  const found = coins.findIndex((coin) => coin.x === player.x && coin.y === player.y)
  if (found === -1) return
  player.score += 1
  coins[found] = anywhere()
}

setInterval(() => {
  tick += 1
  for (const player of players.values()) move(player)
  // Now and then a coin jumps, so that the world depends on chance even when nobody moves.
  if (Math.random() < 0.1) coins[Math.floor(Math.random() * coins.length)] = anywhere()
  const world = { type: 'tick', tick, ms: Date.now() - startedAt, players: [...players.values()], coins }
  const line = `${JSON.stringify(world)}\n`
  for (const socket of players.keys()) {
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy()
    else socket.write(line)
  }
}, TICK_MS)

server.listen(port, () => console.log(`game listens on ${port}`))
