import type { PeerInput, PeerOutput, PeerTerms } from '../core/index.js'
import { Peer } from '../core/index.js'
import type { Frame, GroupId, Locator, MemberId, Message } from '../message/index.js'
import type { RejectReason } from '../wire/index.js'
import { decode, decodeFrame, Encoder, FrameEncoder } from '../wire/index.js'
import type { PeerListener, PeerPort, PeerStatus } from './peer-port.js'
import type { Clock, Transport } from './ports.js'
import { RejectCounts } from './reject-counts.js'
import { Wakeup } from './wakeup.js'

export interface PeerDriverTerms {
  readonly peer: PeerTerms
  readonly transport: Transport
  readonly clock: Clock
  readonly listener: PeerListener
  /** Reaches all members of the application group at once; undefined where each is sent its own copy. */
  readonly group?: Locator | undefined
}

/** Connects a group of one member (gateway, console) with the application group, and starts to greet it. */
export function openPeer(terms: PeerDriverTerms): PeerPort {
  const driver = new PeerDriver(terms)
  driver.start()
  return driver
}

/** Runs a `Peer` as `Member` runs a `Replica`. */
class PeerDriver implements PeerPort {
  readonly #peer: Peer
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #listener: PeerListener
  readonly #group: readonly Locator[] | undefined
  readonly #encoder = new Encoder()
  readonly #frames = new FrameEncoder()
  readonly #wakeup: Wakeup
  readonly #rejects = new RejectCounts<RejectReason>()
  #closed = false

  constructor(terms: PeerDriverTerms) {
    this.#peer = new Peer(terms.peer)
    this.#transport = terms.transport
    this.#clock = terms.clock
    this.#listener = terms.listener
    this.#group = terms.group === undefined ? undefined : [terms.group]
    this.#wakeup = new Wakeup(terms.clock, () => this.#step({ input: 'deadline' }))
    this.#transport.onDatagram = (datagram) => this.#receive(datagram)
  }

  start(): void {
    this.#perform(this.#peer.start(this.#clock.now()))
    this.#wakeup.arm(this.#peer.deadline)
  }

  send(frame: Frame): void {
    this.#step({ input: 'submitted', payload: this.#frames.encode(frame) })
  }

  flush(): void {
    this.#step({ input: 'flush' })
  }

  keep(bytes: number): void {
    this.#step({ input: 'kept', bytes })
  }

  get congested(): boolean {
    return this.#peer.congested
  }

  meet(locator: Locator): void {
    this.#step({ input: 'met', locator })
  }

  announceFault(group: GroupId, member: MemberId): void {
    this.#step({ input: 'fault', group, member })
  }

  handOver(to: MemberId): void {
    this.#step({ input: 'handOver', to })
  }

  granted(nonce: number): void {
    this.#step({ input: 'granted', nonce })
  }

  get status(): PeerStatus {
    const { membership, receivers } = this.#peer
    const members = membership.members.map((member) => ({
      ...member,
      held: (receivers.of(member.memberId)?.held ?? 0) as PeerStatus['historyIndex'],
      executed: (receivers.of(member.memberId)?.executed ?? 0) as PeerStatus['historyIndex'],
    }))
    return {
      view: membership.view,
      members,
      historyIndex: this.#peer.historyIndex,
      historyBytes: Math.max(this.#peer.keptBytes, receivers.keptBytes),
      rejectedDatagrams: this.#rejects.total,
      mayRelease: this.#peer.holdsLease(this.#clock.now()),
    }
  }

  close(): void {
    this.#closed = true
    this.#clock.arm(undefined, () => {})
    this.#transport.close()
  }

  #receive(datagram: Uint8Array): void {
    const decoded = decode(datagram)
    if (decoded.ok) this.#step({ input: 'received', message: decoded.message })
    else this.#rejects.count(decoded.reason)
  }

  #step(input: PeerInput): void {
    if (this.#closed) return
    this.#perform(this.#peer.step(this.#clock.now(), input))
    this.#wakeup.arm(this.#peer.deadline)
  }

  #perform(outputs: readonly PeerOutput[]): void {
    for (const output of outputs) this.#performOne(output)
  }

  #performOne(output: PeerOutput): void {
    switch (output.output) {
      case 'send':
        return this.#sendAll(output.to, output.message)
      case 'release': {
        const frame = decodeFrame(output.payload)
        return frame === undefined ? undefined : this.#listener.released(frame)
      }
      case 'relieved':
        return this.#listener.relieved()
      case 'ask':
        return this.#listener.askLease(output.nonce)
      case 'view':
        return this.#listener.event({ event: output.event, at: output.at, view: output.view, members: output.members })
      default:
    }
  }

  /**
   * Messages and order for several members go to their whole group, if that is one datagram: the others know them
   * already, or will need them (ADR 5), and whoever misses them asks. All else nobody asks for: it goes to each. A
   * replica speaks to one at a time, or to those it has chosen, and needs no such address.
   */
  #sendAll(to: readonly Locator[], message: Message): void {
    const datagram = this.#encoder.encode(message)
    const shared = to.length > 1 && (message.kind === 'Data' || message.kind === 'FirstAck')
    const reached = shared && this.#group !== undefined ? this.#group : to
    for (const locator of reached) this.#transport.send(locator, datagram)
  }
}
