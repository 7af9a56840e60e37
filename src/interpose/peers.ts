import type { Group } from '../driver/index.js'
import { GROUP, type Frame, type GroupId, type PeerInfo } from '../message/index.js'
import type { Context } from './context.js'
import type { Subject } from './entry-heads.js'

interface PeerHandlers {
  readonly lost: () => void
  readonly up: () => void
}

/** A connected group that went or came, not ordered yet; `peer` says that it came. */
interface PeerChange {
  readonly group: GroupId
  readonly peer: PeerInfo | undefined
}

/** The connected groups as the program's facilities see them; what is asked of the group itself is LLFT's own work. */
export class Peers {
  readonly #group: Group
  readonly #context: Context
  /** Bounded by the groups of the service group. */
  readonly #onFrame = new Map<GroupId, ((frame: Frame) => void)[]>()
  readonly #onChange = new Map<GroupId, PeerHandlers[]>()
  /** Bounded by how often a supervisor restarts a peer before this replica comes to a turn. */
  readonly #changes: PeerChange[] = []
  readonly #nextTick: (call: () => void) => void = process.nextTick
  /** Of the gateway, while nothing of the program runs; bounded by the windows of the connections it has made. */
  readonly #waiting: Frame[] = []
  #still = false

  constructor(group: Group, context: Context) {
    this.#group = group
    this.#context = context
  }

  onFrame(from: GroupId, handle: (frame: Frame) => void): void {
    const handlers = this.#onFrame.get(from)
    if (handlers === undefined) this.#onFrame.set(from, [handle])
    else handlers.push(handle)
  }

  onChange(group: GroupId, handlers: PeerHandlers): void {
    const present = this.#onChange.get(group)
    if (present === undefined) this.#onChange.set(group, [handlers])
    else present.push(handlers)
  }

  note(group: GroupId, peer: PeerInfo | undefined): void {
    this.#changes.push({ group, peer })
  }

  /** Nothing of the program runs, and of the groups the gateway alone is heard. */
  get still(): boolean {
    return this.#still
  }

  freeze(): void {
    this.#still = true
  }

  /** One tick each for what has waited: an error of one does not stop the others. */
  thaw(): void {
    this.#still = false
    for (const frame of this.#waiting.splice(0)) this.#nextTick(() => this.#handle(GROUP.gateway, frame))
  }

  /** The next change to be ordered goes into `subject`. */
  takeChange(subject: Subject): boolean {
    if (this.#changes.length === 0) return false
    const at = this.#still ? this.#changes.findIndex(({ group }) => group === GROUP.gateway) : 0
    const [change] = this.#changes.splice(at, at === -1 ? 0 : 1)
    if (change === undefined) return false
    subject.group = change.group
    subject.peer = change.peer
    return true
  }

  /** A group of which a message waits to be delivered. */
  firstReceived(): GroupId | undefined {
    for (const from of this.#onFrame.keys()) {
      if ((!this.#still || from === GROUP.gateway) && this.#group.received(from) !== undefined) return from
    }
    return undefined
  }

  deliver(from: GroupId): void {
    const suspended = this.#context.suspend()
    const frame = this.#group.received(from) as Frame
    this.#group.accept(from)
    this.#context.resume(suspended)
    if (this.#still && frame.frame !== 'snapshot') this.#waiting.push(frame)
    else this.#handle(from, frame)
  }

  lose(group: GroupId): void {
    const suspended = this.#context.suspend()
    this.#group.disconnect(group)
    this.#context.resume(suspended)
    for (const { lost } of this.#onChange.get(group) ?? []) lost()
  }

  welcome(peer: PeerInfo): void {
    const suspended = this.#context.suspend()
    this.#group.connect(peer)
    this.#context.resume(suspended)
    for (const { up } of this.#onChange.get(peer.group) ?? []) up()
  }

  #handle(from: GroupId, frame: Frame): void {
    for (const handle of this.#onFrame.get(from) ?? []) handle(frame)
  }
}
