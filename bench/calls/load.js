// What is asked of the programs beside this file; each function returns how many times something was done.
import { once } from 'node:events'
import { connect } from 'node:net'
import { openHttp } from '../../dist/load/http-connection.js'

const HOST = '127.0.0.1'
const CONNECTIONS = 16
const BODY = Buffer.alloc(64, 'x')

/** Asks `program.cjs` to do something so many times. */
export async function doTimes(port, name, count) {
  const socket = connect(port, HOST).setNoDelay(true)
  await once(socket, 'connect')
  socket.write(`${name} ${count}\n`)
  await once(socket, 'data')
  socket.destroy()
  return count
}

/** Keeps 16 connections busy, one request after the other on each. */
export function requests(port, milliseconds) {
  const endsAt = performance.now() + milliseconds
  let answered = 0
  let open = CONNECTIONS
  return new Promise((resolve, reject) => {
    for (let at = 0; at < CONNECTIONS; at++) {
      const connection = openHttp(port, {
        opened: () => connection.send(BODY),
        ended: (reason) => reject(new Error(reason)),
        answered: () => {
          answered++
          if (performance.now() < endsAt) return connection.send(BODY)
          connection.close()
          if (--open === 0) resolve(answered)
        },
      })
    }
  })
}
