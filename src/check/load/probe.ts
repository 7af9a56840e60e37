import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Socket } from 'node:net'
import type { Address } from './load.js'

/** A server that speaks HTTP says so within this, even in a slow round. */
const ANSWER_MS = 3000

/** What is spoken there; undefined: not HTTP. */
export async function probe(address: Address, signal: AbortSignal): Promise<'http' | 'https' | undefined> {
  if (await answersHttp(connect(address), signal)) return 'http'
  // A certificate for another name, or one that nobody has signed, is no matter here.
  const secure = connectTls({ ...address, rejectUnauthorized: false })
  return (await answersHttp(secure, signal)) ? 'https' : undefined
}

function answersHttp(socket: Socket, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let text = ''
    const end = (): void => {
      clearTimeout(bound)
      signal.removeEventListener('abort', end)
      socket.destroy()
      resolve(text.startsWith('HTTP/1.'))
    }
    const bound = setTimeout(end, ANSWER_MS)
    signal.addEventListener('abort', end)
    socket.on('error', end)
    socket.on('close', end)
    socket.setEncoding('latin1').on('data', (more: string) => {
      text += more
      if (text.length >= 'HTTP/1.'.length) end()
    })
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  })
}
