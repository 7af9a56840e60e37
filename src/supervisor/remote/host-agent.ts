import type { Founding } from '../../driver/index.js'
import { llftError } from '../../errors/index.js'
import type { LlftError } from '../../errors/index.js'
import type { Instant } from '../../message/index.js'
import { Backoff } from '../backoff.js'
import { exitCodeOf } from '../process-end.js'
import type { ProcessEnd } from '../process-end.js'
import { Reaper } from '../reaper.js'
import type { Replica, Replicas, ReplicasMaker } from '../replicas.js'
import type { Link } from './link.js'
import { isLater } from './words.js'
import type { Endpoint, FollowedGateway, HostGuest, HostOrder, HostReport, Word } from './words.js'

/** A takeover has the processors for itself, as in `llft run`; a program that cannot start costs its start seldom. */
const RESTART_MIN_MS = 250
const RESTART_MAX_MS = 15_000
/** So often it says that it is there, until a gateway wants it more seldom or more often. */
const BEAT_MS = 50
/**
 * While its gateway speaks another one has nothing to say, unless it rules by a later term (ADR 59); so many beats of a
 * gateway that speaks more seldom.
 */
const GATEWAY_SILENCE_MS = 2000
const GATEWAY_SILENCE_BEATS = 8
/** The end of what a replica wrote that is passed on; a report fits a datagram. */
const EVIDENCE_BYTES_MAX = 8192
/** Said more than once: the gateway should not have to wait for silence. */
const LAST_WORDS = 3

export interface AgentTerms {
  readonly group: string
  readonly speaker: number
  /** Makes the replicas that are processes of this host. */
  readonly replicas: ReplicasMaker
  /** Where history is laid away on this host. */
  readonly journal: string | undefined
  readonly stopGraceMs: number
  link(heard: (word: Word, from: Endpoint) => void): Link
  /** Something that a person may want to know. */
  readonly tell: (text: string) => void
}

interface Gateway {
  readonly speaker: number
  readonly term: number
  readonly sequence: number
  readonly endpoint: Endpoint
  readonly heardMs: number
}

interface Guest {
  readonly replica: Replica
  answers: number
  looped: boolean
  end: ProcessEnd | undefined
}

/** One host of a group on several: runs one replica, says how it is, and does what the group's gateway wants of it. */
export class HostAgent {
  readonly #terms: AgentTerms
  readonly #reaper: Reaper
  readonly #replicas: Replicas
  readonly #link: Link
  readonly #backoff = new Backoff(RESTART_MIN_MS, RESTART_MAX_MS)
  readonly #outcome: Promise<ProcessEnd>
  #settle: { resolve(end: ProcessEnd): void; reject(error: LlftError): void } | undefined
  #guest: Guest | undefined
  /** Who ordered last. */
  #gateway: Gateway | undefined
  /** That the gateway is silent was told. */
  #alone = false
  #founding: Founding | undefined
  #sequence = 0
  #ending = false
  #probeMs = 0
  #beatMs = 0
  #timers: { beat?: NodeJS.Timeout; probe?: NodeJS.Timeout; restart?: NodeJS.Timeout } = {}

  constructor(terms: AgentTerms) {
    this.#terms = terms
    this.#reaper = new Reaper(terms.replicas.leftovers)
    this.#outcome = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.#replicas = terms.replicas.make(this.#reaper, {
      claimed: (replica) => this.#claimed(replica),
      refused: ({ argv }) => terms.tell(`a second program asked for the place: ${argv.join(' ')}`),
      alive: (_, looped) => this.#alive(looped),
      gone: (replica) => this.#gone(replica),
      ended: (replica, end) => this.#ended(replica, end),
    })
    this.#link = terms.link((word, from) => {
      if (word.word === 'order') this.#ordered(word, from)
      else if (word.word === 'standby') this.#link.say(this.#nextReport, from)
    })
  }

  /** Resolves with the program's end, or the one that the gateway names. */
  async run(): Promise<ProcessEnd> {
    try {
      await this.#link.open()
      await this.#replicas.open()
      this.#beatEvery(BEAT_MS)
      this.#replicas.spawn('start')
      return await this.#outcome
    } finally {
      await this.#close()
    }
  }

  /** Ctrl-C or SIGTERM: this host leaves the group, which goes on. */
  signal(signal: number): void {
    this.#ending = true
    if (this.#guest !== undefined) this.#guest.end ??= { code: 0, signal }
    for (let copy = 0; copy < LAST_WORDS; copy++) this.#report()
    this.#settle?.resolve({ code: 0, signal })
  }

  #claimed(replica: Replica): void {
    this.#guest = { replica, answers: 0, looped: false, end: undefined }
    this.#report()
  }

  #alive(looped: boolean): void {
    if (this.#guest === undefined) return
    this.#guest.answers++
    this.#guest.looped ||= looped
    if (this.#guest.replica.started !== undefined) this.#backoff.reset()
  }

  /** The gateway hears of it at once. */
  #gone(replica: Replica): void {
    if (this.#guest?.replica !== replica) return
    const { end } = replica.process
    if (end === undefined) return
    this.#guest.end = end
    for (let copy = 0; copy < LAST_WORDS; copy++) this.#report()
  }

  #ended(replica: Replica, end: ProcessEnd): void {
    if (this.#guest?.replica === replica) {
      this.#guest.end = end
      this.#report()
    }
    if (this.#ending) return this.#settle?.resolve(end)
    const { evidence, outcome } = replica.process
    this.#terms.tell(`the replica ended: ${outcome}\n${evidence.trimEnd()}`.trimEnd())
    this.#timers.restart = setTimeout(() => this.#replicas.spawn('again'), this.#backoff.next())
  }

  #ordered(order: HostOrder, from: Endpoint): void {
    const last = this.#gateway
    if (last?.speaker === order.speaker && order.sequence <= last.sequence) return
    // Whoever is not listened to hears whose turn it is.
    if (!this.#listensTo(order)) return this.#link.say(this.#nextReport, from)
    const { speaker, term, sequence } = order
    this.#gateway = { speaker, term, sequence, endpoint: from, heardMs: performance.now() }
    if (this.#alone) this.#terms.tell(`the gateway at ${from.address}:${from.port} speaks`)
    this.#alone = false
    this.#probeEvery(order.probeMs)
    this.#beatEvery(order.beatMs)
    if (order.over !== null) return this.#over(order.over)
    const guest = this.#guest
    if (guest === undefined || order.member !== guest.replica.memberId || guest.end !== undefined) return
    if (order.lost.length > 0 && !order.kill) this.#replicas.fault(guest.replica.slot, order.lost)
    if (order.kill) guest.replica.process.kill('SIGKILL')
    else if (order.start !== null && guest.replica.started === undefined) this.#start(guest, order.start)
  }

  /** One gateway at a time: the one of the latest term, and no other while it speaks. */
  #listensTo({ speaker, term }: HostOrder): boolean {
    const last = this.#gateway
    if (last === undefined || last.speaker === speaker || isLater({ speaker, term }, last)) return true
    // A gateway of an earlier term was superseded and has not heard of it; one of none yet begins anew.
    return this.#silent && (term === 0 || term === last.term)
  }

  /** No gateway speaks. */
  get #silent(): boolean {
    const boundMs = Math.max(GATEWAY_SILENCE_MS, GATEWAY_SILENCE_BEATS * this.#beatMs)
    return performance.now() - (this.#gateway?.heardMs ?? -Infinity) > boundMs
  }

  #start({ replica: { slot } }: Guest, { founding, join }: NonNullable<HostOrder['start']>): void {
    const at = Math.floor(performance.now() * 1000) as Instant
    // Where history is laid away is each host's own matter.
    const own: Founding = { ...founding, settings: { ...founding.settings, journal: this.#terms.journal } }
    this.#founding = founding
    this.#replicas.start(slot, at, { founding: own, join: join ?? undefined })
    this.#terms.tell(join === null ? 'the group is founded' : 'the replica joins the group')
    this.#report()
  }

  /** The program has its time to end by itself. */
  #over({ reason, end }: NonNullable<HostOrder['over']>): void {
    if (this.#ending) return
    this.#ending = true
    clearTimeout(this.#timers.restart)
    const own = this.#guest?.end
    if (exitCodeOf(end) !== 0) {
      const details = { group: this.#terms.group, reason }
      this.#settle?.reject(llftError('LLFT_E_NET_HOST_OVER', details, { exitCode: exitCodeOf(end) }))
    } else if (own !== undefined || this.#replicas.living.length === 0) this.#settle?.resolve(own ?? end)
    else setTimeout(() => this.#settle?.resolve(end), this.#terms.stopGraceMs).unref()
    this.#replicas.destroy()
  }

  #beatEvery(intervalMs: number): void {
    if (intervalMs === this.#beatMs) return
    this.#beatMs = intervalMs
    clearInterval(this.#timers.beat)
    this.#timers.beat = setInterval(() => this.#report(), intervalMs)
  }

  #probeEvery(intervalMs: number): void {
    if (intervalMs === this.#probeMs) return
    this.#probeMs = intervalMs
    clearInterval(this.#timers.probe)
    this.#timers.probe = setInterval(() => {
      for (const { slot } of this.#replicas.living) this.#replicas.probe(slot)
    }, intervalMs)
  }

  #report(): void {
    const report = this.#nextReport
    // While no gateway speaks, whoever may be one is told.
    for (const endpoint of this.#silent ? this.#link.known : []) this.#link.say(report, endpoint)
    if (this.#gateway === undefined) return
    this.#link.say(report, this.#gateway.endpoint)
    if (this.#silent && !this.#alone && this.#guest?.replica.started !== undefined) this.#tellAlone(this.#gateway)
  }

  #tellAlone({ endpoint: { address, port }, heardMs }: Gateway): void {
    this.#alone = true
    const quietMs = Math.round(performance.now() - heardMs)
    this.#terms.tell(
      `the gateway at ${address}:${port} says nothing for ${quietMs} ms: the replica waits for another one`,
    )
  }

  get #nextReport(): HostReport {
    const { group, speaker } = this.#terms
    const sequence = ++this.#sequence
    return { word: 'report', group, speaker, sequence, gateway: this.#followed, guest: this.#guestReport }
  }

  get #followed(): FollowedGateway | null {
    if (this.#gateway === undefined) return null
    const { speaker, term, endpoint } = this.#gateway
    return { speaker, term, address: `${endpoint.address}:${endpoint.port}`, silent: this.#silent }
  }

  get #guestReport(): HostGuest | null {
    const guest = this.#guest
    if (guest?.replica.claim === undefined) return null
    const { token: _, ...claim } = guest.replica.claim
    const { replica, answers, looped, end = null } = guest
    const evidence = end === null ? '' : replica.process.evidence.slice(-EVIDENCE_BYTES_MAX)
    const started = replica.started !== undefined
    const known = started ? this.#founding : undefined
    return {
      claim,
      started,
      epoch: known?.epoch ?? null,
      founding: (this.#silent ? known : undefined) ?? null,
      standing: (started ? replica.standing : undefined) ?? null,
      answers,
      looped,
      end,
      evidence,
    }
  }

  async #close(): Promise<void> {
    this.#ending = true
    clearInterval(this.#timers.beat)
    clearInterval(this.#timers.probe)
    clearTimeout(this.#timers.restart)
    this.#replicas.close()
    this.#link.close()
    await this.#reaper.close()
  }
}
