import { createServer } from 'node:net'
import RedisParser from 'redis-parser'

const values = new Map()

const bulk = (value) => (value === undefined ? '$-1\r\n' : `$${Buffer.byteLength(value)}\r\n${value}\r\n`)
const commands = {
  info: () => bulk('redis_version:7.0.0'),
  client: () => '+OK\r\n',
  ping: () => '+PONG\r\n',
  get: (key) => bulk(values.get(key)),
  del: (key) => `:${Number(values.delete(key))}\r\n`,
  keys: () => `*${values.size}\r\n${[...values.keys()].map(bulk).join('')}`,
  set(key, value) {
    values.set(key, value)
    return '+OK\r\n'
  },
  incr(key) {
    const next = Number(values.get(key) ?? 0) + 1
    values.set(key, String(next))
    return `:${next}\r\n`
  },
}

createServer((socket) => {
  const parser = new RedisParser({
    returnReply([name, ...words]) {
      const command = commands[name.toLowerCase()]
      socket.write(command === undefined ? `-ERR unknown command '${name}'\r\n` : command(...words))
    },
    returnError: () => socket.destroy(),
  })
  socket.on('data', (data) => parser.execute(data)).on('error', () => socket.destroy())
}).listen(Number(process.env.PORT), '127.0.0.1')
