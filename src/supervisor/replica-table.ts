import type { MemberId } from '../message/index.js'
import type { Replica, ReplicaHandle } from './replicas.js'

/** What is known of a replica, as it comes to be known. */
export type ReplicaRecord<Process extends ReplicaHandle = ReplicaHandle> = {
  -readonly [Key in keyof Replica]: Replica[Key]
} & { process: Process }

/** The replicas that there are, by slot, whatever starts and ends them. */
export abstract class ReplicaTable<Process extends ReplicaHandle> {
  /** In the order of coming; bounded by the replicas wanted and those that are ending. */
  protected readonly records: Map<string, ReplicaRecord<Process>> = new Map()
  readonly #emptied: (() => void)[] = []
  #numbered: number

  constructor(numberedBefore = 0) {
    this.#numbered = numberedBefore
  }

  get numbered(): number {
    return this.#numbered
  }

  get all(): readonly Replica[] {
    return [...this.records.values()]
  }

  /** Those whose guest runs. */
  get living(): readonly Replica[] {
    return this.all.filter(({ gone }) => !gone)
  }

  ofMember(memberId: MemberId): Replica | undefined {
    return this.all.find((replica) => replica.memberId === memberId)
  }

  caughtUp(slot: string): void {
    const record = this.records.get(slot)
    if (record !== undefined) record.ready = true
  }

  retire(slot: string, why: Replica['retired']): void {
    const record = this.records.get(slot)
    if (record !== undefined) record.retired = why
  }

  /** Resolves when no replica is left, or after the bound. */
  emptied(boundMs: number): Promise<void> {
    if (this.records.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const bound = setTimeout(resolve, boundMs)
      this.#emptied.push(() => {
        clearTimeout(bound)
        resolve()
      })
    })
  }

  destroy(): void {
    for (const { process } of this.records.values()) process.destroy()
  }

  protected nextSlot(): string {
    return `r${++this.#numbered}`
  }

  /** Last of what the end of a replica brings: whoever waits for the end of all goes on. */
  protected tellEmptied(): void {
    if (this.records.size === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }
}
