import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Frame } from '../../../src/message/index.js'
import { HostServer } from '../../../src/supervisor/host/host-server.js'

interface Datagram {
  readonly frame: string
  readonly stream: number
  readonly bytes?: string
}

/** The console's part for one guest, until the test is over; resolves with its address. */
export async function openHost(input: readonly string[] = []): Promise<string> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let guest: { readonly address: string; readonly port: number } | undefined
  const send = (frame: Frame): void => {
    const text = 'bytes' in frame ? { bytes: Buffer.from(frame.bytes).toString('base64') } : {}
    socket.send(JSON.stringify({ ...frame, ...text }), guest?.port ?? 0, guest?.address)
  }
  const host = new HostServer({
    send,
    flush: () => undefined,
    congested: () => false,
    print: () => undefined,
    openInput: () =>
      Readable.from(
        input.map((text) => Buffer.from(text)),
        { objectMode: false },
      ),
  })
  socket.on('message', (datagram, from) => {
    guest = from
    const { frame, stream, bytes } = JSON.parse(datagram.toString()) as Datagram
    if (frame === 'data') host.receive(stream, Buffer.from(bytes ?? '', 'base64'))
  })
  onTestFinished(() => void socket.close())
  const { address, port } = socket.address()
  return `${address}:${port}`
}
