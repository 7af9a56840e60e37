// The program under measurement: answers each line with a line of the same length and a number that only memory holds.
import { createServer } from 'node:net'

let count = 0
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  let rest = ''
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    let out = ''
    for (const line of lines) out += `${++count} `.padEnd(line.length, '.') + '\n'
    if (out !== '') socket.write(out)
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1')
