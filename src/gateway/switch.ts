import type { SocketName, StreamId } from '../message/index.js'
import { LISTEN_MS, REASON_CHARACTERS_MAX, RESTORE_MS, SAVE_MS } from './limits.js'
import type { SnapshotFrame } from './observer.js'
import type { Side } from './side.js'

export interface SwitchTerms {
  readonly present: Side
  readonly successor: Side
  /** `bytes`: of what was saved. */
  restored(bytes: number): void
  /** It is over, and the program goes on. `again`: it was in the middle of something. */
  kept(reason: string, again: boolean): void
}

type Phase = 'saves' | 'restores' | 'listens' | 'restored' | 'over'

/**
 * A snapshot on its way from the program that has the clients to its successor (ADR 55). Meanwhile nothing is read from
 * clients. Whatever goes wrong, the program is thawed and goes on.
 */
export class Switch {
  readonly #terms: SwitchTerms
  /** The program names each stream that has left HTTP once. */
  readonly #heads = new Map<StreamId, Uint8Array>()
  #phase: Phase = 'saves'
  #bytes = 0
  readonly #begunMs: number = performance.now()
  #bound: NodeJS.Timeout

  constructor(terms: SwitchTerms) {
    this.#terms = terms
    const { present } = terms
    present.saves = true
    present.gateway.hold()
    present.gateway.ask('save')
    this.#bound = setTimeout(() => this.giveUp(`the program did not save within ${SAVE_MS / 1000} s`), SAVE_MS)
  }

  get restored(): boolean {
    return this.#phase === 'restored'
  }

  /** Of the program that has the clients. */
  fromPresent(frame: SnapshotFrame): void {
    if (this.#phase !== 'saves') return
    if (frame.frame === 'upgraded') this.#heads.set(frame.stream, frame.bytes)
    else if (frame.outcome === 'declined') this.#end(`the program declined: ${reasonIn(frame.bytes)}`, true)
    else if (frame.outcome === 'saved') this.#saved(frame.bytes)
  }

  fromSuccessor(frame: SnapshotFrame): void {
    if (this.#phase !== 'restores' || frame.frame !== 'snapshotted') return
    if (frame.outcome === 'failed') this.giveUp(`the new program did not restore: ${reasonIn(frame.bytes)}`)
    else if (frame.outcome === 'restored') this.#awaitListeners()
  }

  /** What the successor listens on, or its predecessor, is other than before. */
  lent(): void {
    if (this.#phase !== 'listens' || this.#missing !== undefined) return
    clearTimeout(this.#bound)
    this.#phase = 'restored'
    this.#terms.restored(this.#bytes)
  }

  giveUp(reason: string): void {
    if (this.#phase === 'over') return
    this.#terms.present.gateway.ask('thaw')
    this.#end(reason)
  }

  /** How long nothing has been read from clients. */
  get pausedMs(): number {
    return performance.now() - this.#begunMs
  }

  /** The successor has the clients; returns how many. */
  move(): number {
    this.#phase = 'over'
    const { present, successor } = this.#terms
    return successor.gateway.takeOver(present.gateway, this.#heads)
  }

  /** Nobody is to hear of it any more. */
  abandon(): void {
    clearTimeout(this.#bound)
    this.#phase = 'over'
  }

  #saved(value: Uint8Array): void {
    const { successor } = this.#terms
    this.#phase = 'restores'
    this.#bytes = value.length
    successor.spent = true
    successor.gateway.ask('restore', value)
    this.#limit(RESTORE_MS, () => `the new program did not restore within ${RESTORE_MS / 1000} s`)
  }

  #awaitListeners(): void {
    this.#phase = 'listens'
    this.#limit(LISTEN_MS, () => `the new program does not listen on ${textOf(this.#missing)}`)
    this.lent()
  }

  get #missing(): SocketName | undefined {
    return this.#terms.successor.gateway.missingListener
  }

  #limit(ms: number, reason: () => string): void {
    clearTimeout(this.#bound)
    this.#bound = setTimeout(() => this.giveUp(reason()), ms)
  }

  #end(reason: string, again = false): void {
    const asked = this.#phase !== 'restored'
    this.abandon()
    this.#terms.present.gateway.readOn()
    if (asked) this.#terms.kept(reason, again)
  }
}

function reasonIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().slice(0, REASON_CHARACTERS_MAX)
}

function textOf(name: SocketName | undefined): string {
  if (name === undefined) return 'what it did'
  return name.family === 6 ? `[${name.address}]:${name.port}` : `${name.address}:${name.port}`
}
