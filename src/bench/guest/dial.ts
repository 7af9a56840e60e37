import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A server of a cluster that does not take a connection in this time is gone. */
const CONNECT_MS = 500

/**
 * One TCP connection to a server of a cluster. Whoever waits for an answer on it is told when it ends.
 */
export async function dial(port: number, ended: (reason: Error) => void): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let reason = new Error(`the connection to ${port} was closed`)
  const bound = setTimeout(() => socket.destroy(new Error(`${port} takes no connection`)), CONNECT_MS)
  socket.on('error', (error) => (reason = error))
  socket.on('end', () => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('close', () => reject(reason))
  }).finally(() => clearTimeout(bound))
  socket.once('close', () => ended(reason))
  return socket
}

/** Answers that come in the order of the questions; bounded by the questions on their way. */
export class Answers<T> {
  #waiting: { readonly resolve: (value: T) => void; readonly reject: (reason: Error) => void }[] = []

  wait(): Promise<T> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  resolve(value: T): void {
    this.#waiting.shift()?.resolve(value)
  }

  reject(reason: Error): void {
    this.#waiting.shift()?.reject(reason)
  }

  rejectAll(reason: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }
}
