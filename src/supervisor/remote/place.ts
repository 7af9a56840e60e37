import type { Founding } from '../../driver/index.js'
import type { Epoch, Instant } from '../../message/index.js'
import { Backoff } from '../backoff.js'
import type { ProcessEnd } from '../process-end.js'
import type { Reaper } from '../reaper.js'
import type { Replica, Replicas, ReplicasMaker } from '../replicas.js'
import type { GenerationId, HostGuest, HostOrder } from './words.js'

/** A takeover has the processors for itself, as in `llft run`; a program that cannot start costs its start seldom. */
const RESTART_MIN_MS = 250
const RESTART_MAX_MS = 15_000
/** The end of what a replica wrote that is passed on; a report fits a datagram. */
const EVIDENCE_BYTES_MAX = 8192

export interface PlaceTerms {
  /** Makes the replicas that are processes of this host. */
  readonly replicas: ReplicasMaker
  readonly reaper: Reaper
  /** Where history is laid away on this host. */
  readonly journal: string | undefined
  /** What it is for; undefined: its replica waits to be told. */
  readonly generation: GenerationId | undefined
  /** Something that a person may want to know. */
  readonly tell: (text: string) => void
  /** The gateway should hear of it; `urgent`: at once, whatever gets lost. */
  readonly changed: (urgent: boolean) => void
  /** Its replica's command has ended; returns whether another is to follow. */
  readonly ended: (end: ProcessEnd) => boolean
}

interface Guest {
  readonly replica: Replica
  answers: number
  looped: boolean
  end: ProcessEnd | undefined
}

/** Where a host runs a replica of one generation, one after the other. */
export class Place {
  readonly #terms: PlaceTerms
  readonly #replicas: Replicas
  readonly #backoff = new Backoff(RESTART_MIN_MS, RESTART_MAX_MS)
  #generation: GenerationId | undefined
  #guest: Guest | undefined
  #founding: Founding | undefined
  #restart: NodeJS.Timeout | undefined
  #closed = false

  constructor(terms: PlaceTerms) {
    this.#terms = terms
    this.#generation = terms.generation
    this.#replicas = terms.replicas.make(terms.reaper, {
      claimed: (replica) => this.#claimed(replica),
      refused: ({ argv }) => terms.tell(`a second program asked for the place: ${argv.join(' ')}`),
      alive: (_, looped) => this.#alive(looped),
      gone: (replica) => this.#gone(replica),
      ended: (replica, end) => this.#ended(replica, end),
    })
  }

  async open(): Promise<void> {
    // Which generation it is for is a matter between host and gateway.
    await this.#replicas.open({ number: 1, epoch: 0 as Epoch })
    if (!this.#closed) this.#replicas.spawn('start')
  }

  get generation(): GenerationId | undefined {
    return this.#generation
  }

  isOf(epoch: Epoch): boolean {
    return this.#generation?.epoch === epoch
  }

  get isStarted(): boolean {
    return this.#guest?.replica.started !== undefined
  }

  /** How its replica ended; undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#guest?.end
  }

  /** A replica of it runs. */
  get lives(): boolean {
    return this.#replicas.living.length > 0
  }

  /** Its host is to end: the replica counts as ended. */
  leaves(end: ProcessEnd): void {
    if (this.#guest !== undefined) this.#guest.end ??= end
  }

  ordered(order: HostOrder): void {
    const guest = this.#guest
    if (guest === undefined || order.member !== guest.replica.memberId || guest.end !== undefined) return
    if (order.lost.length > 0 && !order.kill) this.#replicas.fault(guest.replica.slot, order.lost)
    if (order.kill) guest.replica.process.kill('SIGKILL')
    else if (order.start !== null && guest.replica.started === undefined) this.#start(guest, order)
  }

  probe(): void {
    for (const { slot } of this.#replicas.living) this.#replicas.probe(slot)
  }

  /** `unguided`: no gateway speaks; whoever adopts the replica has to know its group. */
  report(unguided: boolean): HostGuest | null {
    const guest = this.#guest
    if (guest?.replica.claim === undefined) return null
    const { token: _, ...claim } = guest.replica.claim
    const { replica, answers, looped, end = null } = guest
    const evidence = end === null ? '' : replica.process.evidence.slice(-EVIDENCE_BYTES_MAX)
    const started = replica.started !== undefined
    return {
      claim,
      started,
      founding: (started && unguided ? this.#founding : undefined) ?? null,
      standing: (started ? replica.standing : undefined) ?? null,
      answers,
      looped,
      end,
      evidence,
    }
  }

  /** Its replica ends, and none follows. */
  destroy(): void {
    clearTimeout(this.#restart)
    this.#replicas.destroy()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#restart)
    this.#replicas.close()
  }

  #start({ replica: { slot } }: Guest, { start, generation }: HostOrder): void {
    if (start === null) return
    const { founding, join } = start
    const at = Math.floor(performance.now() * 1000) as Instant
    // Where history is laid away is each host's own matter.
    const own: Founding = { ...founding, settings: { ...founding.settings, journal: this.#terms.journal } }
    this.#founding = founding
    this.#generation = generation
    this.#replicas.start(slot, at, { founding: own, join: join ?? undefined })
    this.#terms.tell(join === null ? foundedAs(generation) : 'the replica joins the group')
    this.#terms.changed(false)
  }

  #claimed(replica: Replica): void {
    this.#guest = { replica, answers: 0, looped: false, end: undefined }
    this.#terms.changed(false)
  }

  #alive(looped: boolean): void {
    if (this.#guest === undefined) return
    this.#guest.answers++
    this.#guest.looped ||= looped
    if (this.isStarted) this.#backoff.reset()
  }

  /** The gateway hears of it at once. */
  #gone(replica: Replica): void {
    if (this.#guest?.replica !== replica) return
    const { end } = replica.process
    if (end === undefined) return
    this.#guest.end = end
    this.#terms.changed(true)
  }

  #ended(replica: Replica, end: ProcessEnd): void {
    if (this.#closed) return
    if (this.#guest?.replica === replica) {
      this.#guest.end = end
      this.#terms.changed(false)
    }
    if (!this.#terms.ended(end)) return
    const { evidence, outcome } = replica.process
    this.#terms.tell(`the replica ended: ${outcome}\n${evidence.trimEnd()}`.trimEnd())
    this.#restart = setTimeout(() => this.#replicas.spawn('again'), this.#backoff.next())
  }
}

function foundedAs({ number }: GenerationId): string {
  return number === 1 ? 'the group is founded' : `generation ${number} of the program is founded beside the present one`
}
