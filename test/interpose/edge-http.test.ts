import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startGuest } from './guest.js'

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`

const post = (path: string, body: string, type = 'application/json'): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('http', () => {
  test('keep-alive, pipelining, split requests, chunked replies, a bad request', async () => {
    const guest = startGuest(`
      require('http').createServer((request, response) => {
        if (request.url === '/chunks') { response.write('one'); return setTimeout(() => response.end('two'), 5) }
        request.on('data', () => {})
          .on('end', () => response.end('hello ' + request.url + ' ' + request.socket.remoteAddress))
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, get('/a'))
    await guest.received(1, 'hello /a 192.0.2.7')
    guest.data(1, get('/b') + get('/c') + get('/d').slice(0, 10))
    await guest.received(1, /hello \/b[^]*hello \/c/)
    guest.data(1, get('/d').slice(10))
    await guest.received(1, 'hello /d')
    guest.data(1, get('/chunks'))
    await guest.received(1, '3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n')
    const frames = guest.messages.filter(({ frame }) => frame === 'data').length
    guest.data(1, get('/e'))
    await guest.received(1, 'hello /e')
    expect(guest.messages.filter(({ frame }) => frame === 'data').length).toBe(frames + 1)
    guest.open(2)
    guest.data(2, 'GARBAGE\r\n\r\n')
    await guest.received(2, '400 Bad Request')
    await guest.message(({ frame, stream }) => frame === 'close' && stream === 2)
  })

  test('a graceful close ends idle connections, in the order of their opening', async () => {
    const guest = startGuest(`
      const server = require('http').createServer((request, response) => {
        response.end('ok')
        if (request.url === '/stop') server.close(() => console.log('closed'))
      }).listen(8080)`)
    await guest.frame('listen')
    for (let stream = 1; stream <= 8; stream++) {
      guest.open(stream)
      guest.data(stream, get('/'))
      await guest.received(stream, 'ok')
    }
    guest.open(9)
    guest.data(9, get('/stop', 'Connection: close\r\n'))
    await guest.printed(1, 'closed\n')
    const closes = guest.messages.filter(({ frame }) => frame === 'close').map(({ stream }) => stream)
    expect(closes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('who is too slow with a head or a body gets 408; who is idle does not', async () => {
    const guest = startGuest(`
      const options = { headersTimeout: 200, requestTimeout: 600, connectionsCheckingInterval: 20 }
      require('http').createServer(options, (request, response) => {
        request.on('data', () => {}).on('end', () => response.end('ok ' + request.url))
      }).listen(8080)`)
    await guest.frame('listen')
    for (const stream of [1, 2, 3, 4]) guest.open(stream)
    guest.data(1, get('/idle'))
    await guest.received(1, 'ok /idle')
    guest.data(2, 'GET /head HTTP/1.1\r\nHost:')
    guest.data(3, 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    // The fourth says nothing at all.
    for (const stream of [2, 4]) await guest.received(stream, '408 Request Timeout')
    guest.data(3, 'd')
    await guest.received(3, '408 Request Timeout')
    guest.data(1, get('/again'))
    await guest.received(1, 'ok /again')
    const closes = guest.messages.filter(({ frame }) => frame === 'close').map(({ stream }) => stream)
    // The second has the time of its head, which began after its connection.
    expect(new Set(closes.slice(0, 2))).toEqual(new Set([2, 4]))
    expect(closes.slice(2)).toEqual([3])
  })

  test('the next message of a kept connection has all its time, however old the connection is', async () => {
    const guest = startGuest(`
      const options = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 20 }
      require('http').createServer(options, (request, response) => response.end('ok ' + request.url)).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, get('/first'))
    await guest.received(1, 'ok /first')
    await sleep(700)
    guest.data(1, 'GET /second HTTP/1.1\r\n')
    await sleep(100)
    guest.data(1, 'Host: x\r\n\r\n')
    expect(await guest.received(1, 'ok /second')).not.toContain('408')
    guest.data(1, 'GET /third HTTP/1.1\r\n')
    await guest.received(1, '408 Request Timeout')
  })

  test('an aborted request, a socket time-out, an upgrade', async () => {
    const guest = startGuest(`
      const server = require('http').createServer((request, response) => {
        request.on('aborted', () => console.log('aborted'))
        if (request.url === '/timeout') response.setTimeout(10, () => response.end('timed out'))
      })
      server.on('upgrade', (request, socket, head) => {
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n' + head)
        socket.pipe(socket)
      })
      server.listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    guest.send({ frame: 'reset', stream: 1 })
    await guest.printed(1, 'aborted\n')
    guest.open(2)
    guest.data(2, get('/timeout'))
    await guest.received(2, 'timed out')
    guest.open(3)
    guest.data(3, `${get('/', 'Upgrade: echo\r\nConnection: Upgrade\r\n')}head`)
    await guest.received(3, 'head')
    guest.data(3, 'and more')
    expect(await guest.received(3, 'headand more')).toContain('101 Switching Protocols')
  })
})

describe('frameworks, unmodified', () => {
  test('express', async () => {
    const guest = startGuest(`
      const express = require('express')
      const app = express()
      app.use(express.json())
      app.post('/json', (request, response) => response.json({ got: request.body, ip: request.ip }))
      app.get('/file', (request, response) => response.sendFile(__filename))
      app.listen(8080, () => console.log('ready'))`)
    await guest.printed(1, 'ready\n')
    guest.open(1)
    guest.data(1, post('/json', '{"a":1}'))
    await guest.received(1, '{"got":{"a":1},"ip":"192.0.2.7"}')
    guest.data(1, get('/file'))
    expect(await guest.received(1, "app.listen(8080, () => console.log('ready'))")).toContain('200 OK')
  })

  test('fastify', async () => {
    const guest = startGuest(`
      const app = require('fastify')({ logger: true })
      app.post('/json', async (request) => ({ got: request.body, ip: request.ip }))
      app.listen({ port: 8080, host: 'localhost' }).then((address) => console.log(address))`)
    await guest.printed(1, 'http://')
    await guest.printed(1, 'Server listening at')
    guest.open(1)
    guest.data(1, post('/json', '{"a":1}'))
    await guest.received(1, '{"got":{"a":1},"ip":"192.0.2.7"}')
    expect(await guest.printed(1, 'request completed')).toContain('"statusCode":200')
  })

  test('koa', async () => {
    const guest = startGuest(`
      const app = new (require('koa'))()
      app.use(async (context, next) => { await next(); context.set('x-ip', context.ip) })
      app.use((context) => { context.body = { path: context.path } })
      app.listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, get('/p'))
    expect(await guest.received(1, '{"path":"/p"}')).toContain('x-ip: 192.0.2.7')
  })

  const handshake = get(
    '/',
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  )

  /** A masked text frame with a mask of zeroes. */
  const frame = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

  test('ws', async () => {
    const guest = startGuest(`
      const { WebSocketServer } = require('ws')
      const server = new WebSocketServer({ port: 8080 })
      server.on('connection', (socket) => {
        socket.on('message', (message) => server.clients.forEach((client) => client.send('echo ' + message)))
        socket.on('close', (code) => console.log('close', code))
      })`)
    await guest.frame('listen')
    for (const stream of [1, 2]) {
      guest.open(stream)
      guest.data(stream, handshake)
      await guest.received(stream, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    }
    guest.data(1, frame('hi'))
    await guest.received(1, 'echo hi')
    await guest.received(2, 'echo hi')
    guest.send({ frame: 'end', stream: 1 })
    expect(await guest.printed(1, 'close')).toBe('close 1006\n')
  })

  test('socket.io', async () => {
    const guest = startGuest(`
      const io = new (require('socket.io').Server)(8080)
      io.on('connection', (socket) => socket.on('say', (text, answer) => answer(text + '!')))`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, handshake.replace('GET / ', 'GET /socket.io/?EIO=4&transport=websocket '))
    await guest.received(1, '"pingInterval"')
    guest.data(1, frame('40'))
    await guest.received(1, '40{"sid"')
    guest.data(1, frame('421["say","hello"]'))
    expect(await guest.received(1, '431["hello!"]')).toContain('101 Switching Protocols')
  })
})
