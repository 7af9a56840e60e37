// A counter over raw TCP: each line that a client sends adds to one number that lives in memory only.
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

const port = Number(process.env.PORT ?? 3001)
let count = 0

const server = createServer((socket) => {
  let own = 0
  socket.on('error', () => socket.destroy())
  createInterface({ input: socket }).on('line', (line) => {
    const step = line.trim() === '' ? 1 : Number(line)
    if (!Number.isSafeInteger(step)) {
      socket.write(`error not a whole number: ${line}\n`)
      return
    }
    count += step
    own += 1
    socket.write(`${count} (line ${own} of this connection)\n`)
  })
})

server.listen(port, () => console.log(`counter listens on ${port}`))

process.on('SIGTERM', () => {
  console.log(`counter ends at ${count}`)
  process.exit(0)
})
