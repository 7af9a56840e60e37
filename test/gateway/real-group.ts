import { SystemClock, Udp } from '../../src/adapters/index.js'
import { DEFAULT_LIMITS, foundingMembership, Replica } from '../../src/core/index.js'
import { Member } from '../../src/driver/index.js'
import type { GroupListener } from '../../src/driver/index.js'
import { ENTRY, GROUP } from '../../src/message/index.js'
import type {
  Epoch,
  Frame,
  GroupId,
  Locator,
  MemberId,
  PeerInfo,
  Precedence,
  ViewNumber,
} from '../../src/message/index.js'
import type { Program } from './in-process-port.js'

const FIRST_VIEW = { number: 1 as ViewNumber, precedence: 1 as Precedence, backupView: 1 }

/** An application group of one replica on a real socket, whose program runs in this process. */
export class RealGroup implements GroupListener {
  readonly epoch: Epoch
  readonly #program: Program
  readonly #memberId: MemberId
  readonly #transport = new Udp({ address: '127.0.0.1', port: 0 })
  #member: Member | undefined

  constructor(epoch: Epoch, program: Program) {
    this.epoch = epoch
    this.#memberId = (epoch + 1000) as MemberId
    this.#program = program
  }

  get contacts(): readonly Locator[] {
    return [this.#transport.locator]
  }

  /** With its first gateway; another one it knows nothing of. */
  found(gateway: PeerInfo): void {
    if (this.#member !== undefined) return
    const { locator } = this.#transport
    const members = [{ memberId: this.#memberId, locator, precedence: 1 as Precedence, caughtUp: true }]
    const replica = new Replica({
      identity: { memberId: this.#memberId, locator, group: GROUP.application, epoch: this.epoch },
      limits: DEFAULT_LIMITS,
      membership: foundingMembership(FIRST_VIEW, members),
      peers: [gateway],
      contacts: [],
      commit: 'reflected',
      heartbeatsCarryOrder: true,
    })
    this.#member = new Member({ replica, transport: this.#transport, clock: new SystemClock() })
    this.#member.start(this)
  }

  get founded(): boolean {
    return this.#member !== undefined
  }

  /** The program does something by itself. */
  release(...frames: readonly Frame[]): void {
    const member = this.#member
    if (member?.live !== true) return
    member.decide(Uint8Array.of(ENTRY.timers))
    for (const frame of frames) member.submit(GROUP.gateway, frame)
    member.flush()
  }

  work(): void {
    const member = this.#member
    if (member?.live !== true) return
    for (let frame; (frame = member.received(GROUP.gateway)) !== undefined;) {
      member.decide(Uint8Array.of(ENTRY.deliver))
      member.accept(GROUP.gateway)
      this.#program(frame, (answer) => member.submit(GROUP.gateway, answer))
    }
    member.flush()
  }

  /** Its gateway has ended. */
  lost(gateway: MemberId): void {
    this.#member?.fault(gateway)
  }

  promoted(): void {}

  stopped(): void {}

  peerLost(group: GroupId): void {
    this.#change(ENTRY.peerLost, (member) => member.disconnect(group))
  }

  peerUp(peer: PeerInfo): void {
    this.#change(ENTRY.peerUp, (member) => member.connect(peer))
  }

  close(): void {
    this.#transport.close()
  }

  /** A turn later: an entry is not decided in the middle of what the group says. */
  #change(entry: number, change: (member: Member) => void): void {
    setImmediate(() => {
      const member = this.#member
      if (member?.live !== true) return
      change(member)
      member.decide(Uint8Array.of(entry))
      member.flush()
    })
  }
}
