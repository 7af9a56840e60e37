import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Loaded } from './load.js'

const CONNECTIONS = 3
const LINES_EACH = 3
/** Nothing says when a server of an unknown protocol has answered. */
const LISTEN_MS = 250

/** For a server that does not speak HTTP: a few connections with a few lines, whatever it makes of them. */
export async function exchangeLines(address: Address, signal: AbortSignal): Promise<Loaded> {
  const answers = await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => talk(address, index, signal)))
  return {
    what: `built in, ${LINES_EACH} lines on each of ${CONNECTIONS} connections to ${address.host}:${address.port}`,
    did: `${answers.reduce((sum, count) => sum + count, 0)}/${CONNECTIONS * LINES_EACH} lines answered`,
  }
}

/** How many lines something came back after. */
async function talk(address: Address, index: number, signal: AbortSignal): Promise<number> {
  const socket = connect(address)
  let [heard, answered] = [false, 0]
  socket.on('data', () => (heard = true)).on('error', () => undefined)
  for (let line = 1; line <= LINES_EACH && !signal.aborted && !socket.destroyed; line++) {
    heard = false
    socket.write(`llft check ${index} ${line}\r\n`)
    await sleep(LISTEN_MS)
    if (heard) answered++
  }
  socket.destroy()
  return answered
}
