import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, vi } from 'vitest'
import { Gateway } from '../../src/gateway/index.js'
import type { GatewayObserver, ListenMapping } from '../../src/gateway/index.js'
import { Leaving } from '../../src/gateway/leaving.js'
import { makeCounters } from '../../src/gateway/statistics.js'
import type { Frame } from '../../src/message/index.js'
import { InProcessPort, listenFrame } from './in-process-port.js'
import type { Program } from './in-process-port.js'

export interface Opened {
  readonly gateway: Gateway
  readonly port: InProcessPort
  /** What the observer was told, as text. */
  readonly told: string[]
}

/** Opens gateways and closes them, and the clients, after each test. */
export function gateways(): {
  open(program: Program, listen?: readonly ListenMapping[]): Opened
  client(port: number, allowHalfOpen?: boolean): Promise<Socket>
} {
  const opened: Gateway[] = []
  const clients: Socket[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await Promise.all(opened.splice(0).map((gateway) => gateway.stop()))
  })
  return {
    open(program, listen = []) {
      const told: string[] = []
      const ports: InProcessPort[] = []
      const counters = makeCounters()
      const gateway = new Gateway({
        listen,
        counters,
        leaving: new Leaving(counters),
        observer: observerInto(told),
        openPort(listener) {
          const port = new InProcessPort(listener, program)
          ports.push(port)
          return port
        },
      })
      opened.push(gateway)
      return { gateway, told, port: ports[0] as InProcessPort }
    },
    async client(port, allowHalfOpen = false) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
      clients.push(socket)
      await once(socket, 'connect')
      return socket
    },
  }
}

function observerInto(told: string[]): GatewayObserver {
  return {
    listening: (requested, bound, tls) => told.push(`listening ${requested.port} ${bound.port}${tls ? ' tls' : ''}`),
    unlistening: (bound) => told.push(`unlistening ${bound.port}`),
    warning: (warning, detail) => told.push(`${warning}: ${detail}`),
    askLease: (nonce) => told.push(`asks for the lease, ${nonce}`),
    follows: (view) => told.push(`follows ${view}`),
    snapshot: ({ frame }) => told.push(frame),
    lent: () => told.push('lent'),
  }
}

export type Answer = Extract<Frame, { frame: 'listening' }>

/** Lets the program listen and waits for the answer. */
export async function listening(port: InProcessPort, frame = listenFrame(1)): Promise<Answer> {
  const before = port.of('listening').length
  port.release(frame)
  return vi.waitUntil(() => port.of('listening')[before], { interval: 1 })
}

/** All bytes until the other side ends, or the code of the error. */
export async function readAll(socket: Socket): Promise<Buffer | string> {
  const parts: Buffer[] = []
  try {
    for await (const part of socket) parts.push(part as Buffer)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
  return Buffer.concat(parts)
}

/** Bytes that show any loss, repetition or exchange. */
export function patterned(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, 2654435761)
  return Buffer.from(words.buffer, 0, length)
}
