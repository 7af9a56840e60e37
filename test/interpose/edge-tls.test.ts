import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { TlsFactsFields, TlsTermsFields } from '../../src/message/index.js'
import { startGuest } from './guest.js'
import type { Guest } from './guest.js'

const MATERIAL = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/tls')
const KEY = join(MATERIAL, 'key.pem')
const CERT = join(MATERIAL, 'cert.pem')

const FACTS: TlsFactsFields = {
  protocol: 'TLSv1.3',
  cipher: { name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' },
  alpnProtocol: 'http/1.1',
  servername: 'x.test',
  sessionReused: true,
}

function start(source: string): Guest {
  return startGuest(
    `const { readFileSync } = require('fs')
    const material = { key: readFileSync('${KEY}'), cert: readFileSync('${CERT}', 'utf8') }
    ${source}`,
  )
}

const open = (guest: Guest, stream: number): void => guest.open(stream, { tls: { json: JSON.stringify(FACTS) } })

describe('TLS ended at the gateway', () => {
  test('https: the terms, the facts, requests on a kept connection', async () => {
    const guest = start(`
      const options = { ...material, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] }
      require('https').createServer(options, (request, response) => {
        const socket = request.socket
        response.end(JSON.stringify({
          url: request.url, encrypted: socket.encrypted, authorized: socket.authorized, protocol: socket.getProtocol(),
          cipher: socket.getCipher(), peer: socket.getPeerCertificate(), 
          alpn: socket.alpnProtocol, name: socket.servername,
          reused: socket.isSessionReused(), ip: socket.remoteAddress, is: socket instanceof require('tls').TLSSocket }))
      }).listen(8443)`)
    const { tls } = await guest.frame('listen')
    const terms = JSON.parse((tls as { json: string }).json) as TlsTermsFields
    const bytes = (material: TlsTermsFields['key']): string =>
      Buffer.from(material?.[0]?.base64 ?? '', 'base64').toString()
    expect(bytes(terms.key)).toBe(readFileSync(KEY, 'utf8'))
    expect(bytes(terms.cert)).toBe(readFileSync(CERT, 'utf8'))
    expect(terms).toMatchObject({ minVersion: 'TLSv1.2', alpnProtocols: ['http/1.1'], honorCipherOrder: true })
    open(guest, 1)
    guest.data(1, 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n')
    const reply = await guest.received(1, '"is":true}')
    expect(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')))).toEqual({
      url: '/a',
      encrypted: true,
      authorized: false,
      protocol: 'TLSv1.3',
      cipher: FACTS.cipher,
      peer: {},
      alpn: 'http/1.1',
      name: 'x.test',
      reused: true,
      ip: '192.0.2.7',
      is: true,
    })
    guest.data(1, 'GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await guest.received(1, '/b')
    await guest.message(({ frame, stream }) => frame === 'close' && stream === 1)
  })

  test('tls: data at once, both ends, a reset', async () => {
    const guest = start(`
      require('tls').createServer(material, (socket) => {
        socket.on('error', (error) => console.log(error.code))
        socket.on('data', (bytes) => socket.write(bytes)).on('end', () => console.log('end'))
        socket.on('close', () => console.log('close', socket.bytesRead, socket.bytesWritten))
      }).on('tlsClientError', (error) => console.log('client error', error)).listen(8443)`)
    await guest.frame('listen')
    open(guest, 1)
    guest.data(1, 'hello')
    await guest.received(1, 'hello')
    guest.send({ frame: 'end', stream: 1 })
    await guest.printed(1, 'end\nclose 5 5\n')
    await guest.message(({ frame, stream }) => frame === 'close' && stream === 1)
    open(guest, 2)
    guest.data(2, 'x')
    guest.send({ frame: 'reset', stream: 2 })
    expect(await guest.printed(1, 'close 1 1\n')).toBe('end\nclose 5 5\nECONNRESET\nclose 1 1\n')
  })

  test('wss', async () => {
    const guest = start(`
      const server = require('https').createServer(material).listen(8443)
      new (require('ws').WebSocketServer)({ server })
        .on('connection', (socket) => socket.on('message', (text) => socket.send('echo ' + text)))`)
    await guest.frame('listen')
    open(guest, 1)
    guest.data(
      1,
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await guest.received(1, '101 Switching')
    guest.data(1, Buffer.concat([Buffer.from([0x81, 0x82, 0, 0, 0, 0]), Buffer.from('hi')]))
    expect(await guest.received(1, 'echo hi')).toContain('echo hi')
  })

  test.each([
    ['SNICallback', 'LLFT_E_REFUSED_SNI', `require('https').createServer({ ...material, SNICallback() {} }).listen(1)`],
    ['ALPNCallback', 'LLFT_E_REFUSED_SNI', `require('tls').createServer({ ...material, ALPNCallback() {} }).listen(1)`],
    [
      'requestCert',
      'LLFT_E_REFUSED_CLIENT_CERTIFICATE',
      `require('tls').createServer({ ...material, requestCert: true }).listen(1)`,
    ],
  ])('refuses %s', async (_name, code, source) => {
    const guest = start(`try { ${source} } catch (error) { console.log(error.code, error.message) }`)
    const text = await guest.printed(1, '\n')
    expect(text).toContain(`${code} ${code}: net.listen() at ${guest.file}:3 is refused: `)
  })

  test('refuses TLS on a connection that was accepted without', async () => {
    const guest = start(`require('net').createServer((socket) => {
      try { new (require('tls').TLSSocket)(socket, { isServer: true }) } catch (error) { console.log(error.message) }
    }).listen(8080)`)
    await guest.frame('listen')
    guest.open(1)
    expect(await guest.printed(1, '\n')).toContain('LLFT_E_REFUSED_STARTTLS: new TLSSocket() at ')
  })
})
