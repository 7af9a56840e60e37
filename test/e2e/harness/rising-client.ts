import { setTimeout as sleep } from 'node:timers/promises'
import type { Run } from '../command-run.js'
import type { Hosts } from './hosts.js'

const BOUND_MS = 30_000

/**
 * Asks one thing after the other, of the first address that answers; the numbers that it gets only rise, by one, and
 * one more for each connection with which an answer may be lost.
 */
const program = (addresses: readonly string[]): string => `
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

/** A client on a host of the network that goes on asking; what it gets is judged. */
export class RisingClient {
  readonly #net: Hosts
  readonly asking: Run

  constructor(net: Hosts, host: number, addresses: readonly string[]) {
    this.#net = net
    this.asking = net.script(program(addresses), host)
  }

  get answered(): number {
    return Number(/answered (\d+)\n$/.exec(this.asking.stdout)?.[1] ?? 0)
  }

  /** Resolves when it has got more answers, all of them right. */
  async goesOn(): Promise<void> {
    const [before, deadline] = [this.answered, performance.now() + BOUND_MS]
    while (this.answered < before + 50 && performance.now() < deadline) await sleep(20)
    const all = this.#net.runs.map(({ stdout, stderr }) => `${stdout.slice(-200)}${stderr}`).join('\n---\n')
    if (this.answered < before + 50) throw new Error(`no more answers after ${this.answered}\n${all}`)
    if (this.asking.stdout.includes('wrong')) throw new Error(`${this.asking.stdout}\n${all}`)
  }
}
