import type { Standing } from '../driver/index.js'
import type { Instant, MemberId } from '../message/index.js'
import { AttachServer } from './attach-server.js'
import type { Claim } from './claims.js'
import type { ProcessEnd } from './process-end.js'
import type { Reaper } from './reaper.js'
import { ReplicaProcess } from './replica-process.js'
import type { ReplicaSpawn } from './replica-process.js'
import type { ReplicaRecord } from './replica-table.js'
import { ReplicaTable } from './replica-table.js'
import type { Replica, Replicas, ReplicasListener, StartTerms } from './replicas.js'

type Record = ReplicaRecord<ReplicaProcess>

export interface ReplicaSetTerms {
  readonly token: string
  readonly reaper: Reaper
  /** So many slots had been given when this set began: those of an earlier generation (ADR 55). */
  readonly numberedBefore: number
  /** The command of a slot, given the address of the attach socket. */
  command(slot: string, address: string): ReplicaSpawn
}

/** The replicas of this run: processes, each with its slot. */
export class ReplicaSet extends ReplicaTable<ReplicaProcess> implements Replicas {
  readonly #terms: ReplicaSetTerms
  readonly #listener: ReplicasListener
  readonly #attach: AttachServer
  #address = ''

  constructor(terms: ReplicaSetTerms, listener: ReplicasListener) {
    super(terms.numberedBefore)
    this.#terms = terms
    this.#listener = listener
    this.#attach = new AttachServer({
      token: terms.token,
      listener: {
        claimed: (claim) => this.#claimed(claim),
        refused: (claim, refusal) => listener.refused(claim, refusal),
        attached: () => undefined,
        alive: (slot, looped, standing) => {
          this.#stands(slot, standing)
          listener.alive(slot, looped)
        },
      },
    })
  }

  async open(): Promise<void> {
    this.#address = await this.#attach.open()
  }

  spawn(origin: string): Replica {
    const slot = this.nextSlot()
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
      standing: undefined,
      ready: false,
      gone: false,
      retired: undefined,
    }
    this.records.set(slot, record)
    if (process.groupId !== undefined) this.#terms.reaper.watch(process.groupId)
    return record
  }

  /** The guest goes on; a founder (without join terms) is ready at once. */
  start(slot: string, at: Instant, terms: StartTerms): void {
    const record = this.records.get(slot)
    if (record === undefined) return
    record.started = at
    record.ready = terms.join === undefined
    this.#attach.start(slot, terms.founding, terms.join)
  }

  probe(slot: string): void {
    this.#attach.probe(slot)
  }

  fault(slot: string, members: readonly MemberId[]): void {
    this.#attach.fault(slot, members)
  }

  decide(): Promise<void> {
    return Promise.resolve()
  }

  close(): void {
    this.destroy()
    this.#attach.close()
  }

  leave(): void {
    this.close()
  }

  #stands(slot: string, standing: Standing): void {
    const record = this.records.get(slot)
    if (record !== undefined) record.standing = standing
  }

  #claimed(claim: Claim): void {
    const record = this.records.get(claim.slot)
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
    this.records.delete(record.slot)
    // Not before: what else the command starts must be told that the place is taken.
    this.#attach.forget(record.slot)
    if (record.process.groupId !== undefined) this.#terms.reaper.forget(record.process.groupId)
    this.#listener.ended(record, end)
    this.tellEmptied()
  }
}
