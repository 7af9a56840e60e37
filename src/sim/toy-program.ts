import { mixNumber } from '../base/index.js'
import type { Group, GroupListener } from '../driver/index.js'
import type { Frame, GroupId, PeerInfo } from '../message/index.js'
import { ENTRY, GROUP } from '../message/index.js'
import { Pace } from './pace.js'
import type { World } from './world.js'

/** What a checker is told about every operation that a replica executes. */
export interface ExecutionWitness {
  executed(index: number, digest: number): void
  ended(reason: string): void
}

const OUTPUT_EVERY = 3

/**
 * A small deterministic program with a determinizer of its own: it answers requests with a digest of everything it has
 * ever done, which depends on the order of all requests and on recorded chance.
 */
export class ToyProgram implements GroupListener {
  readonly #group: Group
  readonly #random: World['random']
  readonly #witness: ExecutionWitness
  #digest = 1
  /** By what a reply said of the state: the entry that it depends on. Bounded by the requests of one simulation. */
  readonly #replies = new Map<number, number>()
  #answered = 0
  #running = false
  /** There is work that waits until the program takes it. */
  #due = false
  gatewaysLost = 0
  /** Whether it takes what comes, or is inside an operation that takes long. */
  readonly pace: Pace

  constructor(group: Group, world: World, witness: ExecutionWitness) {
    this.#group = group
    this.#random = world.random
    this.pace = new Pace(world)
    this.#witness = witness
  }

  /** The entry on which the reply that says so depends, if this replica's history has such a reply. */
  replied(digest: number): number | undefined {
    return this.#replies.get(digest)
  }

  work(): void {
    if (this.#due) return
    this.#due = true
    this.pace.enter(() => {
      this.#due = false
      this.#work()
    })
  }

  /** Nothing to note: what follows the promotion is told as work. */
  promoted(): void {}

  /** A decision that no message asked for, as a timer makes it. */
  tick(): void {
    if (!this.#group.live || this.#running || this.pace.stopped) return
    this.#decide(Uint8Array.of(ENTRY.timers, this.#random.below(256)))
    this.#group.flush()
  }

  peerLost(group: GroupId): void {
    this.pace.enter(() => {
      if (this.#group.live) this.#decide(Uint8Array.of(ENTRY.peerLost, group))
      this.#group.flush()
    })
  }

  peerUp(peer: PeerInfo): void {
    this.pace.enter(() => this.#peerUp(peer))
  }

  stopped(reason: string): void {
    this.#witness.ended(reason)
  }

  #peerUp(peer: PeerInfo): void {
    if (!this.#group.live) return
    const numbers = [peer.group, peer.epoch, peer.memberId, peer.locator]
    const entry = new Uint8Array(1 + 8 * numbers.length)
    entry[0] = ENTRY.peerUp
    for (let at = 0; at < numbers.length; at++) writeNumber(entry, 1 + 8 * at, numbers[at] as number)
    this.#decide(entry)
    this.#group.flush()
  }

  #work(): void {
    if (this.#running) return
    this.#running = true
    while (!this.pace.stopped && (this.#group.live ? this.#lead() : this.#follow()));
    this.#group.flush()
    this.#running = false
  }

  #lead(): boolean {
    if (this.#group.received(GROUP.gateway) === undefined) return false
    this.#decide(Uint8Array.of(ENTRY.deliver, this.#random.below(256)))
    return true
  }

  #follow(): boolean {
    const entry = this.#group.peek()
    if (entry === undefined) return false
    if (entry[0] === ENTRY.deliver && this.#group.received(GROUP.gateway) === undefined) return false
    this.#operate(entry.slice(), () => this.#group.consume())
    return true
  }

  #decide(entry: Uint8Array): void {
    this.#operate(entry, () => this.#group.decide(entry))
  }

  /** In the order of a real program: an operation's entry is decided or consumed when what it says has been done. */
  #operate(entry: Uint8Array, take: () => void): void {
    const answered = this.#answered
    this.#execute(entry)
    take()
    if (this.#answered > answered) this.#replies.set(this.#digest, this.#group.executed)
    this.#witness.executed(this.#group.executed, this.#digest)
  }

  #execute(entry: Uint8Array): void {
    for (const byte of entry) this.#digest = mixNumber(this.#digest, byte)
    if (entry[0] === ENTRY.deliver) {
      const frame = this.#group.received(GROUP.gateway) as Frame
      this.#group.accept(GROUP.gateway)
      if (frame.frame === 'data') this.#answer(frame.stream, frame.bytes)
      if (frame.frame === 'reset') this.#digest = mixNumber(this.#digest, frame.stream)
      if (frame.frame === 'end') this.#group.submit(GROUP.gateway, { frame: 'close', stream: frame.stream })
    }
    if (entry[0] === ENTRY.peerLost) {
      const group = entry[1] as GroupId
      this.#group.disconnect(group)
      if (group === GROUP.gateway) this.gatewaysLost++
    }
    if (entry[0] === ENTRY.peerUp) {
      const [group, epoch, memberId, locator] = [0, 1, 2, 3].map((at) => readNumber(entry, 1 + 8 * at))
      this.#group.connect({ group, epoch, memberId, locator } as unknown as PeerInfo)
    }
  }

  #answer(stream: number, request: Uint8Array): void {
    for (const byte of request) this.#digest = mixNumber(this.#digest, byte)
    const reply = new Uint8Array(16)
    reply.set(request.subarray(0, 8))
    writeNumber(reply, 8, this.#digest)
    this.#group.submit(GROUP.gateway, { frame: 'data', stream, bytes: reply })
    this.#answered++
    if (this.#answered % OUTPUT_EVERY === 0) {
      const line = new Uint8Array(8)
      writeNumber(line, 0, this.#answered / OUTPUT_EVERY)
      this.#group.submit(GROUP.console, { frame: 'output', fd: 1, bytes: line })
    }
  }
}

export function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  let rest = value
  for (let offset = 0; offset < 8; offset++) {
    bytes[at + offset] = rest % 0x100
    rest = Math.floor(rest / 0x100)
  }
}

export function readNumber(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let offset = 7; offset >= 0; offset--) value = value * 0x100 + (bytes[at + offset] as number)
  return value
}
