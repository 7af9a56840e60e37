import { describe, expect, test } from 'vitest'
import { STREAM_WINDOW_BYTES } from '../../src/message/index.js'
import { startGuest } from './guest.js'

const MAJOR = Number(process.versions.node.split('.')[0])

describe('net', () => {
  test('an echo server: the listen frame, the stream, both ends', async () => {
    const guest = startGuest(`
      const server = require('net').createServer((socket) => {
        console.log(socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localAddress, socket.localPort)
        socket.on('data', (bytes) => socket.write(bytes))
        socket.on('end', () => console.log('end'))
        socket.on('close', (hadError) => console.log('close', hadError, socket.bytesRead, socket.bytesWritten))
      }).listen(8080, () => console.log(JSON.stringify(server.address())))`)
    const listen = await guest.frame('listen')
    expect(listen).toMatchObject({
      listener: 1,
      name: { address: '::', family: 6, port: 8080 },
      backlog: 511,
      ipv6Only: false,
    })
    await guest.printed(1, '{"address":"::","family":"IPv6","port":8080}\n')
    guest.open(5)
    await guest.printed(1, '192.0.2.7 50005 IPv4 192.0.2.1 8080\n')
    guest.data(5, 'hello')
    await guest.received(5, 'hello')
    guest.data(5, ' world')
    await guest.received(5, 'hello world')
    guest.send({ frame: 'end', stream: 5 })
    await guest.frame('close')
    await guest.printed(1, 'end\nclose false 11 11\n')
    expect(guest.messages.filter(({ stream }) => stream === 5).map(({ frame }) => frame)).toEqual([
      'data',
      'data',
      'end',
      'close',
    ])
    expect(guest.realOutput).toBe('')
  })

  test('port 0, a taken port, a forbidden one and closing again', async () => {
    const guest = startGuest(`
      const net = require('net')
      const first = net.createServer().listen(0, '127.0.0.1', () => {
        console.log(JSON.stringify(first.address()))
        const second = net.createServer().on('error', (error) => {
          console.log(error.message, error.code, error.syscall, error.port)
          first.close(() => second.listen(40000, '127.0.0.1', () => console.log('second', second.address().port)))
        }).listen(40000, '127.0.0.1')
        net.createServer().on('error', (error) => console.log(error.message)).listen(1)
      })`)
    await guest.printed(1, 'second 40000\n')
    expect(guest.output(1)).toBe(
      '{"address":"127.0.0.1","family":"IPv4","port":40000}\n' +
        'listen EACCES: permission denied :::1\n' +
        'listen EADDRINUSE: address already in use 127.0.0.1:40000 EADDRINUSE listen 40000\n' +
        'second 40000\n',
    )
    expect(guest.messages.filter(({ frame }) => frame === 'unlisten')).toEqual([
      { frame: 'unlisten', listener: 1, to: 2 },
    ])
  })

  test('what waits while the program does not read is delivered in order, in pieces that are its own', async () => {
    const guest = startGuest(`
      require('net').createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
        const pieces = []
        socket.on('data', (bytes) => {
          pieces.push(bytes)
          if (pieces.length === 2) { socket.pause(); setTimeout(() => socket.resume(), 20) } })
        socket.on('end', () => socket.end(pieces.map((piece) => piece + ':' + piece.buffer.byteLength).join(' ')))
        setTimeout(() => socket.resume(), 20)
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    for (const text of ['a', 'bb', 'ccc', 'dddd']) guest.data(1, text)
    guest.send({ frame: 'end', stream: 1 })
    expect(await guest.received(1, 'dddd')).toBe('a:1 bb:2 ccc:3 dddd:4')
  })

  test('a reset by the client, an abort by the program, a write of several megabytes', async () => {
    const guest = startGuest(`
      require('net').createServer((socket) => {
        socket.on('error', (error) => console.log(error.message, error.code, error.syscall))
        socket.on('close', (hadError) => console.log('close', hadError))
        socket.on('data', (bytes) => {
          if (bytes.toString() === 'abort') socket.resetAndDestroy()
          if (bytes.toString() === 'big') socket.end(Buffer.alloc(3e6, 'z'), () => console.log('written'))
        })
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.send({ frame: 'reset', stream: 1 })
    await guest.printed(1, 'read ECONNRESET ECONNRESET read\nclose true\n')
    guest.open(2)
    guest.data(2, 'abort')
    await guest.message(({ frame, stream }) => frame === 'reset' && stream === 2)
    guest.open(3)
    guest.data(3, 'big')
    for (let sent = 0; sent < 3e6; sent += STREAM_WINDOW_BYTES) {
      await guest.message(() => guest.sentBytes(3) === Math.min(3e6, sent + STREAM_WINDOW_BYTES))
      guest.send({ frame: 'credit', stream: 3, taken: STREAM_WINDOW_BYTES })
    }
    await guest.printed(1, 'written\n')
    await guest.message(({ frame, stream }) => frame === 'end' && stream === 3)
    expect(guest.sent(3).length).toBe(3e6)
    const frames = guest.messages.filter(({ frame, stream }) => frame === 'data' && stream === 3)
    expect(frames.length).toBe(Math.ceil(3e6 / 32_768))
    expect(guest.messages.some(({ frame, stream }) => frame === 'close' && stream === 1)).toBe(false)
  })

  test('a client that does not read: write says so, drain comes with credit, the rest waits meanwhile', async () => {
    const guest = startGuest(`
      require('net').createServer((socket) => {
        const half = Buffer.alloc(${STREAM_WINDOW_BYTES / 2}, 'h')
        console.log(socket.write(half), socket.write(half), socket.write(half), socket.write('x'))
        console.log(socket._handle.writeQueueSize, socket.writableLength, socket.bytesWritten)
        socket.on('drain', () => console.log('drain', socket.writableLength, socket._handle.writeQueueSize))
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    const half = STREAM_WINDOW_BYTES / 2
    await guest.printed(1, `true true false false\n${half} ${half + 1} ${3 * half + 1}\n`)
    expect(guest.sent(1).length).toBe(2 * half)
    guest.send({ frame: 'credit', stream: 1, taken: half - 10 })
    await guest.message(() => guest.sent(1).length === 3 * half - 10)
    guest.send({ frame: 'credit', stream: 1, taken: half })
    await guest.printed(1, 'drain 0 0\n')
    expect(guest.sent(1).length).toBe(3 * half + 1)
  })

  test('a write that waits is called back when the connection ends, however it ends', async () => {
    // As this version of Node says it on its own.
    const written = `written ${MAJOR < 22 ? 'undefined' : 'ECANCELED'}`
    const guest = startGuest(`
      require('net').createServer((socket) => {
        socket.on('error', (error) => console.log(error.code, error.syscall))
        socket.on('close', () => console.log('close'))
        socket.write(Buffer.alloc(${2 * STREAM_WINDOW_BYTES}), (error) => console.log('written', error?.code))
        socket.on('data', (bytes) => {
          if (bytes.toString() === 'pause') socket.pause()
          else socket.destroy()
        })
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, 'destroy')
    await guest.printed(1, `${written}\nclose\n`)
    guest.open(2)
    guest.send({ frame: 'reset', stream: 2 })
    await guest.message(() => guest.output(1).endsWith(`close\nECONNRESET read\n${written}\nclose\n`))
    guest.open(3)
    guest.data(3, 'pause')
    guest.send({ frame: 'reset', stream: 3 })
    await guest.message(() => guest.output(1).split(`ECONNRESET read\n${written}\nclose\n`).length === 3)
    expect(guest.messages.filter(({ frame }) => frame === 'end')).toEqual([])
  })

  test('a program that does not read gives no credit, one that does gives it by the half window', async () => {
    const guest = startGuest(`
      require('net').createServer({ pauseOnConnect: true }, (socket) => {
        setTimeout(() => socket.on('data', () => {}).resume(), 50)
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    const bytes = Buffer.alloc(STREAM_WINDOW_BYTES / 8)
    const credits = (): unknown[] => guest.messages.flatMap(({ frame, taken }) => (frame === 'credit' ? [taken] : []))
    for (let count = 0; count < 7; count++) guest.data(1, bytes)
    await guest.message(() => credits().length === 1)
    for (let count = 0; count < 2; count++) guest.data(1, bytes)
    await guest.message(() => credits().length === 2)
    expect(credits()).toEqual([STREAM_WINDOW_BYTES / 2, STREAM_WINDOW_BYTES / 2])
  })

  test('maxConnections drops, a closed listener resets, unref lets the program go', async () => {
    const guest = startGuest(`
      const server = require('net').createServer((socket) => {
        console.log('in'); socket.on('data', () => server.close()) })
      server.maxConnections = 1
      server.on('drop', (data) => console.log('drop', data.remotePort))
      server.listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.open(2)
    await guest.printed(1, 'in\ndrop 50002\n')
    await guest.message(({ frame, stream }) => frame === 'close' && stream === 2)
    guest.data(1, 'x')
    await guest.frame('unlisten')
    guest.open(3)
    await guest.message(({ frame, stream }) => frame === 'reset' && stream === 3)
    guest.send({ frame: 'end', stream: 1 })
    await guest.message(({ held }) => held === 0)
    const unreferenced = startGuest(`require('net').createServer().listen(8080).unref()`)
    expect(await unreferenced.message(({ held }) => held === 0)).toEqual({ held: 0 })
  })

  test('when the gateway is lost every stream is reset, when it is back every listener is announced', async () => {
    const guest = startGuest(`
      require('net').createServer((socket) => {
        socket.on('error', (error) => { console.log(error.code); socket.write('nobody') })
        socket.on('data', (bytes) => socket.write(bytes))
      }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    guest.open(2)
    guest.send({ lost: true })
    await guest.printed(1, 'ECONNRESET\nECONNRESET\n')
    guest.send({ up: true })
    await guest.message((message) => guest.messages.filter(({ frame }) => frame === 'listen').indexOf(message) === 1)
    guest.open(1)
    guest.data(1, 'again')
    expect(await guest.received(1, 'again')).toBe('again')
  })

  test('AsyncLocalStorage reaches the callbacks of connections as on plain Node', async () => {
    const guest = startGuest(`
      const storage = new (require('async_hooks').AsyncLocalStorage)()
      storage.run('server', () => require('net').createServer((socket) => {
        socket.write('connection ' + storage.getStore() + ' ')
        storage.run('inner', () => socket.on('data', () => socket.write('data ' + storage.getStore() + ' ')))
      }).listen(8080))`)
    await guest.frame('listen')
    guest.open(1)
    guest.data(1, 'x')
    expect(await guest.received(1, 'data')).toBe('connection server data undefined ')
  })
})
