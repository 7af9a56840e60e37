import { constants } from 'node:os'
import type { Frame, ListenerId, SocketName } from '../message/index.js'
import type { ListenMapping } from './control.js'
import { LISTENERS_MAX } from './limits.js'
import { Listener } from './listener.js'
import type { ListenFrame, ListenerOwner } from './listener.js'
import { isSensible } from './tls.js'

/** What a successor has asked for, and the listener of its predecessor that it will have. */
interface Loan {
  readonly listener: Listener
  readonly request: ListenFrame
}

export interface ListenersOwner extends ListenerOwner {
  /** The listener of its predecessor is its own now. */
  inherited(listener: Listener): void
  /** What it will have of its predecessor is other than before. */
  lent(): void
}

/**
 * The listening sockets of one program. Those of a successor (ADR 55) are lent by the program that serves where that
 * listens at the same name: both believe that they have them, and clients know of no change.
 */
export class Listeners {
  readonly #mappings: readonly ListenMapping[]
  readonly #owner: ListenersOwner
  /** Bounded by `LISTENERS_MAX`, and so are the loans. */
  readonly #open = new Map<ListenerId, Listener>()
  readonly #loans = new Map<ListenerId, Loan>()
  #lender: Listeners | undefined
  #borrower: Listeners | undefined

  constructor(mappings: readonly ListenMapping[], owner: ListenersOwner) {
    this.#mappings = mappings
    this.#owner = owner
  }

  /** From now on, until it is closed or takes over. */
  borrowOf(lender: Listeners): void {
    this.#lender = lender
    lender.#borrower = this
  }

  has(listener: Listener): boolean {
    return this.#open.get(listener.request.listener) === listener
  }

  /** The answer, if it is known at once. */
  listen(frame: ListenFrame): Frame | undefined {
    // A new primary asks again for what its predecessor had asked for. Not open yet: the answer is on its way.
    const present = this.#open.get(frame.listener) ?? this.#loans.get(frame.listener)?.listener
    if (present !== undefined) return present.bound && answerTo(frame, 0, present.seen)
    if (this.#open.size + this.#loans.size >= LISTENERS_MAX) {
      return answerTo(frame, -constants.errno.ENOBUFS, frame.name)
    }
    const lent = this.#lentFor(frame)
    if (lent !== undefined && isSensible(frame.tls)) {
      this.#loans.set(frame.listener, { listener: lent, request: frame })
      this.#owner.lent()
      return answerTo(frame, 0, lent.seen)
    }
    const mapping = this.#mappings.find(({ appPort }) => appPort === frame.name.port)
    this.#open.set(frame.listener, new Listener(frame, mapping, this.#owner))
    return undefined
  }

  /** Returns what is open no more. */
  unlisten(id: ListenerId): Listener | undefined {
    this.#loans.delete(id)
    const listener = this.#open.get(id)
    if (listener === undefined) return undefined
    this.#open.delete(id)
    const borrower = this.#borrower
    if (borrower === undefined || !borrower.#inherit(listener)) listener.close()
    if (borrower !== undefined) borrower.#owner.lent()
    return listener
  }

  /** It could not be opened. */
  failed(listener: Listener): void {
    if (this.has(listener)) this.#open.delete(listener.request.listener)
  }

  /** A listener of the predecessor that is not lent. */
  get missing(): SocketName | undefined {
    const lender = this.#lender
    if (lender === undefined) return undefined
    for (const listener of lender.#open.values()) {
      if (listener.bound !== undefined && !this.#borrows(listener)) return listener.seen
    }
    return undefined
  }

  /** What was lent is its own. */
  takeOver(): void {
    for (const { listener } of this.#loans.values()) this.#inherit(listener)
    this.#lender = undefined
  }

  close(): void {
    for (const listener of this.#open.values()) listener.close()
    this.#open.clear()
    this.#loans.clear()
    if (this.#lender !== undefined) this.#lender.#borrower = undefined
    this.#lender = undefined
    this.#borrower = undefined
  }

  /** An open listener of the same name that is not lent yet: the one that was asked for first. */
  #lentFor({ name, tls }: ListenFrame): Listener | undefined {
    const lender = this.#lender
    if (lender === undefined) return undefined
    const alike = [...lender.#open.values()].filter((listener) => {
      const { request, seen, bound } = listener
      const named = isSame(request.name, name) || isSame(seen, name)
      const free = bound !== undefined && !this.#borrows(listener)
      return named && free && (request.tls === undefined) === (tls === undefined)
    })
    return alike.toSorted((left, right) => left.request.listener - right.request.listener)[0]
  }

  #borrows(listener: Listener): boolean {
    return [...this.#loans.values()].some((loan) => loan.listener === listener)
  }

  #inherit(listener: Listener): boolean {
    for (const [id, loan] of this.#loans) {
      if (loan.listener !== listener) continue
      const lender = this.#lender
      if (lender !== undefined) lender.#open.delete(listener.request.listener)
      this.#loans.delete(id)
      listener.handOver(loan.request, this.#owner)
      this.#open.set(id, listener)
      this.#owner.inherited(listener)
      return true
    }
    return false
  }
}

export function answerTo({ listener }: ListenFrame, errno: number, bound: SocketName): Frame {
  return { frame: 'listening', listener, errno, bound }
}

function isSame(one: SocketName, other: SocketName): boolean {
  return one.address === other.address && one.family === other.family && one.port === other.port
}
