import type { Instant, MemberId } from '../message/index.js'
import { AttachServer } from './attach-server.js'
import type { Claim } from './claims.js'
import type { ProcessEnd } from './process-end.js'
import type { Reaper } from './reaper.js'
import { ReplicaProcess } from './replica-process.js'
import type { ReplicaSpawn } from './replica-process.js'
import type { Replica, Replicas, ReplicasListener, StartTerms } from './replicas.js'

type Record = { -readonly [Key in keyof Replica]: Replica[Key] } & { process: ReplicaProcess }

export interface ReplicaSetTerms {
  readonly token: string
  readonly reaper: Reaper
  /** The command of a slot, given the address of the attach socket. */
  command(slot: string, address: string): ReplicaSpawn
}

/** The replicas of this run: processes, each with its slot. */
export class ReplicaSet implements Replicas {
  readonly #terms: ReplicaSetTerms
  readonly #listener: ReplicasListener
  readonly #attach: AttachServer
  /** In the order of starting; bounded by the replicas wanted and those that are ending. */
  readonly #replicas = new Map<string, Record>()
  #address = ''
  #spawned = 0
  #emptied: (() => void)[] = []

  constructor(terms: ReplicaSetTerms, listener: ReplicasListener) {
    this.#terms = terms
    this.#listener = listener
    this.#attach = new AttachServer({
      token: terms.token,
      listener: {
        claimed: (claim) => this.#claimed(claim),
        refused: (claim, refusal) => listener.refused(claim, refusal),
        attached: () => undefined,
        alive: (slot, looped) => listener.alive(slot, looped),
      },
    })
  }

  async open(): Promise<void> {
    this.#address = await this.#attach.open()
  }

  get all(): readonly Replica[] {
    return [...this.#replicas.values()]
  }

  /** Those whose guest runs. */
  get living(): readonly Replica[] {
    return this.all.filter(({ gone }) => !gone)
  }

  ofMember(memberId: MemberId): Replica | undefined {
    return this.all.find((replica) => replica.memberId === memberId)
  }

  spawn(origin: string): Replica {
    const slot = `r${++this.#spawned}`
    this.#attach.expect(slot)
    const process = new ReplicaProcess(this.#terms.command(slot, this.#address), {
      gone: () => this.#gone(record),
      ended: (end) => this.#ended(record, end),
    })
    const record: Record = {
      slot,
      origin,
      process,
      memberId: undefined,
      claim: undefined,
      started: undefined,
      ready: false,
      gone: false,
      retired: undefined,
    }
    this.#replicas.set(slot, record)
    if (process.groupId !== undefined) this.#terms.reaper.watch(process.groupId)
    return record
  }

  /** The guest goes on; a founder (without join terms) is ready at once. */
  start(slot: string, at: Instant, terms: StartTerms): void {
    const record = this.#replicas.get(slot)
    if (record === undefined) return
    record.started = at
    record.ready = terms.join === undefined
    this.#attach.start(slot, terms.founding, terms.join)
  }

  probe(slot: string): void {
    this.#attach.probe(slot)
  }

  caughtUp(slot: string): void {
    const record = this.#replicas.get(slot)
    if (record !== undefined) record.ready = true
  }

  retire(slot: string, why: Replica['retired']): void {
    const record = this.#replicas.get(slot)
    if (record !== undefined) record.retired = why
  }

  /** Resolves when no replica is left, or after the bound. */
  emptied(boundMs: number): Promise<void> {
    if (this.#replicas.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const bound = setTimeout(resolve, boundMs)
      this.#emptied.push(() => {
        clearTimeout(bound)
        resolve()
      })
    })
  }

  destroy(): void {
    for (const { process } of this.#replicas.values()) process.destroy()
  }

  close(): void {
    this.destroy()
    this.#attach.close()
  }

  #claimed(claim: Claim): void {
    const record = this.#replicas.get(claim.slot)
    if (record === undefined) return
    record.claim = claim
    record.memberId = claim.memberId
    record.process.attachGuest(claim.pid)
    this.#listener.claimed(record)
  }

  #gone(record: Record): void {
    record.gone = true
    this.#listener.gone(record)
  }

  #ended(record: Record, end: ProcessEnd): void {
    this.#replicas.delete(record.slot)
    // Not before: what else the command starts must be told that the place is taken.
    this.#attach.forget(record.slot)
    if (record.process.groupId !== undefined) this.#terms.reaper.forget(record.process.groupId)
    this.#listener.ended(record, end)
    if (this.#replicas.size === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }
}
