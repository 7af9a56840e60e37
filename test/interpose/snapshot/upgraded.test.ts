import { expect, test } from 'vitest'
import type { TlsFactsFields } from '../../../src/message/index.js'
import { startGuest } from '../guest.js'
import type { Guest, Message } from '../guest.js'
import { maskedFrame } from './frames.js'
import { asWebSocket, get } from './script.js'

const FACTS: TlsFactsFields = {
  protocol: 'TLSv1.3',
  cipher: { name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' },
  alpnProtocol: 'http/1.1',
  servername: 'x.test',
  sessionReused: false,
}
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
const COMPRESSION = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n'
const OFFER = `require('llft/app').snapshot({ save: () => ({ clients: server.clients.size }), restore() {} })`

/** The outcome of the nth time that it was asked. */
async function save(guest: Guest, nth = 1): Promise<string> {
  guest.send({ frame: 'snapshot', ask: 'save', bytes: Buffer.from('') })
  const isAnswer = ({ frame, outcome }: Message): boolean => frame === 'snapshotted' && outcome !== 'offered'
  const answered = (): readonly Message[] => guest.messages.filter(isAnswer)
  await guest.message(() => answered().length >= nth)
  const { outcome, bytes } = answered()[nth - 1] as { outcome: string; bytes: { base64: string } }
  return outcome === 'declined' ? Buffer.from(bytes.base64, 'base64').toString() : outcome
}

function upgradedHeads(guest: Guest): readonly string[] {
  const frames = guest.messages.filter(({ frame }) => frame === 'upgraded') as unknown as readonly {
    readonly bytes: { readonly base64: string }
  }[]
  return frames.map(({ bytes }) => Buffer.from(bytes.base64, 'base64').toString('latin1'))
}

test("a real `ws` server: the head is the client's, byte for byte; a half message waits", async () => {
  const guest = startGuest(`
    const { WebSocketServer } = require('ws')
    const server = new WebSocketServer({ port: 8080 })
    server.on('connection', (socket, request) => {
      request.url = '/changed'
      socket.on('message', (message) => socket.send('echo ' + message))
    })
    ${OFFER}`)
  await guest.frame('listen')
  const head = get('/chat?a=1&b', `${asWebSocket}${KEY}${COMPRESSION}x-Twice: \u00e9\r\nX-twice: 2\r\n`)
  guest.open(1)
  guest.data(1, Buffer.from(head, 'latin1'))
  await guest.received(1, '101 Switching Protocols')
  const message = maskedFrame('hello')
  guest.data(1, message.subarray(0, 3))
  expect(await save(guest)).toBe('a WebSocket message is half read')
  guest.data(1, message.subarray(3))
  await guest.received(1, 'echo hello')
  expect(await save(guest, 2)).toBe('saved')
  expect(upgradedHeads(guest)).toEqual([head])
})

test('a real `ws` server that compresses', async () => {
  const guest = startGuest(`
    const { WebSocketServer } = require('ws')
    const server = new WebSocketServer({ port: 8080, perMessageDeflate: true })
    ${OFFER}`)
  await guest.frame('listen')
  guest.open(1)
  guest.data(1, get('/', `${asWebSocket}${KEY}${COMPRESSION}`))
  await guest.received(1, '101 Switching Protocols')
  expect(await save(guest)).toBe('a WebSocket with compression cannot be moved')
})

test('over TLS, where the gateway ends it', async () => {
  const material = new URL('../../fixtures/tls/', import.meta.url).pathname
  const guest = startGuest(`
    const { readFileSync } = require('fs')
    const { WebSocketServer } = require('ws')
    const options = { key: readFileSync('${material}key.pem'), cert: readFileSync('${material}cert.pem') }
    const https = require('https').createServer(options, (request, response) => response.end('ok'))
    const server = new WebSocketServer({ server: https })
    https.listen(8443)
    ${OFFER}`)
  await guest.frame('listen')
  const tls = { json: JSON.stringify(FACTS) }
  guest.open(1, { tls })
  guest.open(2, { tls })
  guest.data(1, get('/a').slice(0, 10))
  expect(await save(guest)).toBe('a request is half read')
  guest.data(1, get('/a').slice(10))
  await guest.received(1, 'ok')
  guest.data(2, get('/ws', `${asWebSocket}${KEY}`))
  await guest.received(2, '101 Switching Protocols')
  expect(await save(guest, 2)).toBe('saved')
  expect(upgradedHeads(guest)).toEqual([get('/ws', `${asWebSocket}${KEY}`)])
})

test('a connection that left HTTP before the offer', async () => {
  const guest = startGuest(`
    const { WebSocketServer } = require('ws')
    const server = new WebSocketServer({ port: 8080 })
    server.on('connection', (socket) => { ${OFFER}; socket.send('offered') })`)
  await guest.frame('listen')
  guest.open(1)
  guest.data(1, get('/', `${asWebSocket}${KEY}`))
  await guest.received(1, 'offered')
  expect(await save(guest)).toBe('a connection left HTTP before the program offered snapshots')
})
