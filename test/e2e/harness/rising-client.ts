/**
 * Asks one thing after the other, of the first address that answers; the numbers that it gets only rise, by one, and
 * one more for each connection with which an answer may be lost.
 */
export const risingClient = (addresses: readonly string[]): string => `
let last = 0, at = 0, slack = 0
const addresses = ${JSON.stringify(addresses)}
function connect() {
  const socket = require('node:net').connect({ port: 3000, host: addresses[at++ % addresses.length], timeout: 500 })
  socket.on('connect', () => socket.write('x'))
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => {})
  socket.on('close', () => { slack++; console.log('closed'); setTimeout(connect, 50) })
  socket.setEncoding('utf8').on('data', (text) => {
    const number = Number(text)
    if (number <= last || number > last + 1 + slack) console.log('wrong: ' + number + ' after ' + last)
    last = number
    slack = 0
    setTimeout(() => socket.write('x'), 2)
  })
}
connect()
setInterval(() => console.log('answered ' + last), 50)
`
