import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { expect, test, vi } from 'vitest'
import type { Frame, TlsFactsFields, TlsTermsFields } from '../../src/message/index.js'
import { gateways, listening, patterned, readAll } from './fixture.js'
import { echo, listenFrame } from './in-process-port.js'

const { open, client } = gateways()
const folder = new URL('../fixtures/tls/', import.meta.url)
const base64 = (name: string): { base64: string } => ({
  base64: readFileSync(new URL(name, folder)).toString('base64'),
})
const ca = readFileSync(new URL('cert.pem', folder))

function tlsListen(fields: TlsTermsFields = {}): Extract<Frame, { frame: 'listen' }> {
  const whole = { key: [base64('key.pem')], cert: [base64('cert.pem')], ...fields }
  return { ...listenFrame(1), tls: { json: JSON.stringify(whole) } }
}

async function secureClient(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options })
  await once(socket, 'secureConnect')
  return socket
}

test('TLS ends at the gateway with the certificate of the program, which learns the facts', async () => {
  const { port, told } = open(echo)
  const { bound } = await listening(port, tlsListen({ alpnProtocols: ['http/1.1'] }))
  const socket = await secureClient(bound.port, { ALPNProtocols: ['h2', 'http/1.1'], maxVersion: 'TLSv1.3' })
  expect([socket.authorized, socket.alpnProtocol]).toEqual([true, 'http/1.1'])
  const bytes = patterned(1_000_000)
  socket.end(bytes)
  expect(Buffer.compare((await readAll(socket)) as Buffer, bytes)).toBe(0)
  const facts = JSON.parse(port.of('open')[0]?.tls?.json ?? '{}') as TlsFactsFields
  expect(facts).toMatchObject({ protocol: 'TLSv1.3', alpnProtocol: 'http/1.1', servername: 'localhost' })
  expect(facts.cipher.name).toMatch(/^TLS_/)
  expect(told).toEqual([`listening 0 ${bound.port} tls`])
})

test('settings of the program are obeyed: versions, no ALPN, no name', async () => {
  const { port } = open(echo)
  const { bound } = await listening(port, tlsListen({ maxVersion: 'TLSv1.2' }))
  const socket = await secureClient(bound.port, { servername: '', checkServerIdentity: () => undefined })
  expect(socket.getProtocol()).toBe('TLSv1.2')
  socket.end('x')
  expect(String(await readAll(socket))).toBe('x')
  const facts = JSON.parse(port.of('open')[0]?.tls?.json ?? '{}') as TlsFactsFields
  expect(facts).toMatchObject({ protocol: 'TLSv1.2', alpnProtocol: false, servername: false, sessionReused: false })
})

test('a stream under TLS is reset as a TCP stream is', async () => {
  const { gateway, port } = open(() => {})
  const { bound } = await listening(port, tlsListen())
  const socket = await secureClient(bound.port)
  await vi.waitUntil(() => port.of('open').length === 1)
  port.release({ frame: 'reset', stream: 1 })
  expect(await readAll(socket)).toBe('ECONNRESET')
  await vi.waitUntil(() => gateway.streams === 0)
})

test('a client that speaks no TLS is no stream', async () => {
  const { gateway, port } = open(echo)
  const { bound } = await listening(port, tlsListen())
  const socket = await client(bound.port)
  socket.write('GET / HTTP/1.1\r\n\r\n')
  socket.resume()
  await once(socket, 'close')
  expect(gateway.counters.handshakesFailed).toBe(1)
  expect(port.of('open')).toEqual([])
})

test('terms that make no sense are answered, and the words name no key', async () => {
  const { port, told } = open(echo)
  const frame = tlsListen({ key: [{ base64: Buffer.from('no key').toString('base64') }] })
  expect(await listening(port, frame)).toMatchObject({ errno: -constants.errno.EINVAL })
  expect(told[0]).toMatch(/^listenFailed: /)
  expect(told[0]).not.toContain('no key')
})
