import type { TestFaults, Transport } from '../driver/index.js'
import type { Locator, MemberId, OrderIndex, ViewNumber } from '../message/index.js'

/** Taken before the program sees another pid, and before its own signals become ordered operations. */
const { pid } = process
const kill = Reflect.get(process, '_kill') as (pid: number, signal: number) => number
const SIGKILL = 9

/** Lines kept back before they are written: a digest per operation must not cost a system call each. */
const DIGEST_LINES_MAX = 64
/** A locator and a length before each datagram that is written down. */
const DATAGRAM_HEAD_BYTES = 12

/** The transport of a replica, with the faults that a test asks for; without any it only hands on. */
export class FaultyTransport implements Transport {
  readonly #transport: Transport
  readonly #killAtSend: number
  readonly #witness: ((to: Locator, datagram: Uint8Array) => void) | undefined
  #sent = 0
  isPrimary: () => boolean = () => false

  constructor(transport: Transport, faults: TestFaults, witness?: (to: Locator, datagram: Uint8Array) => void) {
    this.#transport = transport
    this.#killAtSend = faults.killAtSend ?? 0
    this.#witness = witness
  }

  get locator(): Locator {
    return this.#transport.locator
  }

  get onDatagram(): (datagram: Uint8Array) => void {
    return this.#transport.onDatagram
  }

  set onDatagram(take: (datagram: Uint8Array) => void) {
    this.#transport.onDatagram = take
  }

  send(to: Locator, datagram: Uint8Array): void {
    if (this.#killAtSend > 0 && this.isPrimary() && ++this.#sent === this.#killAtSend) killSelf()
    this.#witness?.(to, datagram)
    this.#transport.send(to, datagram)
  }

  poll(): number {
    return this.#transport.poll()
  }

  close(): void {
    this.#transport.close()
  }
}

export function killAtRead(faults: TestFaults): () => void {
  let reads = 0
  return () => {
    if (++reads === faults.killAtStartRead) killSelf()
  }
}

export function killAtTakeover(faults: TestFaults): (stage: 'proposed' | 'recovered' | 'established') => void {
  return (stage) => {
    if (stage === faults.killAtTakeover) killSelf()
  }
}

type Append = (path: string, text: string) => void

/** Writes the digest chain of this replica, one line `index digest` per operation. */
export class DigestChain {
  readonly #path: string
  readonly #append: Append
  #lines = ''
  #count = 0

  constructor(folder: string, member: MemberId, append: Append) {
    this.#path = `${folder}/${member}`
    this.#append = append
  }

  readonly take = (index: number, digest: number): void => {
    this.#lines += `${index} ${digest}\n`
    if (++this.#count % DIGEST_LINES_MAX === 0) this.#write()
  }

  /**
   * This replica leads from here on: a line `lead index view` says that what earlier primaries decided beyond `index`
   * never happened.
   */
  leads(index: OrderIndex, view: ViewNumber): void {
    this.#lines += `lead ${index} ${view}\n`
    this.#write()
  }

  #write(): void {
    this.#append(this.#path, this.#lines)
    this.#lines = ''
  }
}

/** Writes every datagram that this replica sends; read by tests. */
export function datagramWriter(write: (bytes: Uint8Array) => void): (to: Locator, datagram: Uint8Array) => void {
  return (to, datagram) => {
    const record = new Uint8Array(DATAGRAM_HEAD_BYTES + datagram.length)
    const head = new DataView(record.buffer)
    head.setFloat64(0, to)
    head.setUint32(8, datagram.length)
    record.set(datagram, DATAGRAM_HEAD_BYTES)
    write(record)
  }
}

function killSelf(): never {
  kill(pid, SIGKILL)
  // The signal is delivered before the call returns; this is for the compiler.
  throw new Error('unreachable')
}
