import type { Group } from '../driver/index.js'
import type { Frame, GroupId, PeerInfo } from '../message/index.js'
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

  /** The next change to be ordered goes into `subject`. */
  takeChange(subject: Subject): boolean {
    const change = this.#changes.shift()
    if (change === undefined) return false
    subject.group = change.group
    subject.peer = change.peer
    return true
  }

  /** A group of which a message waits to be delivered. */
  firstReceived(): GroupId | undefined {
    for (const from of this.#onFrame.keys()) if (this.#group.received(from) !== undefined) return from
    return undefined
  }

  deliver(from: GroupId): void {
    const suspended = this.#context.suspend()
    const frame = this.#group.received(from) as Frame
    this.#group.accept(from)
    this.#context.resume(suspended)
    for (const handle of this.#onFrame.get(from) ?? []) handle(frame)
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
}
