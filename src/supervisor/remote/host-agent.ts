import { llftError } from '../../errors/index.js'
import type { LlftError } from '../../errors/index.js'
import type { Endpoint } from '../endpoint.js'
import { exitCodeOf } from '../process-end.js'
import type { ProcessEnd } from '../process-end.js'
import { Reaper } from '../reaper.js'
import type { ReplicasMaker } from '../replicas.js'
import type { Link } from './link.js'
import { Place } from './place.js'
import { isLater } from './words.js'
import type { FollowedGateway, GenerationId, HostOrder, HostReport, Word } from './words.js'

/** So often it says that it is there, until a gateway wants it more seldom or more often. */
const BEAT_MS = 50
/**
 * While its gateway speaks another one has nothing to say, unless it rules by a later term (ADR 59); so many beats of a
 * gateway that speaks more seldom.
 */
const GATEWAY_SILENCE_MS = 2000
const GATEWAY_SILENCE_BEATS = 8
/** A replica of a generation that is not decided is given up when its gateway, which speaks, orders it no more. */
const GIVEN_UP_MS = 2000
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

/**
 * One host of a group on several: runs one replica, says how it is, and does what the group's gateway wants of it.
 * While the program moves on by a snapshot it runs one of the next generation beside it (ADR 61).
 */
export class HostAgent {
  readonly #terms: AgentTerms
  readonly #reaper: Reaper
  readonly #link: Link
  readonly #outcome: Promise<ProcessEnd>
  #settle: { resolve(end: ProcessEnd): void; reject(error: LlftError): void } | undefined
  /** Of the generation that is the group, or waits to be. */
  #place: Place
  /** Of one that is not decided. */
  #next: { readonly place: Place; orderedMs: number } | undefined
  /** Who ordered last. */
  #gateway: Gateway | undefined
  /** That the gateway is silent was told. */
  #alone = false
  #sequence = 0
  #ending = false
  #probeMs = 0
  #beatMs = 0
  #timers: { beat?: NodeJS.Timeout; probe?: NodeJS.Timeout } = {}

  constructor(terms: AgentTerms) {
    this.#terms = terms
    this.#reaper = new Reaper(terms.replicas.leftovers)
    this.#outcome = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.#place = this.#makePlace(undefined)
    this.#link = terms.link((word, from) => {
      if (word.word === 'order') this.#ordered(word, from)
      else if (word.word === 'standby') this.#say(from)
    })
  }

  /** Resolves with the program's end, or the one that the gateway names. */
  async run(): Promise<ProcessEnd> {
    try {
      await this.#link.open()
      this.#beatEvery(BEAT_MS)
      await this.#place.open()
      return await this.#outcome
    } finally {
      await this.#close()
    }
  }

  /** Ctrl-C or SIGTERM: this host leaves the group, which goes on. */
  signal(signal: number): void {
    this.#ending = true
    for (const place of this.#places) place.leaves({ code: 0, signal })
    this.#report(LAST_WORDS)
    this.#settle?.resolve({ code: 0, signal })
  }

  get #places(): readonly Place[] {
    return this.#next === undefined ? [this.#place] : [this.#place, this.#next.place]
  }

  #makePlace(generation: GenerationId | undefined): Place {
    const { replicas, journal, tell } = this.#terms
    return new Place({
      replicas,
      reaper: this.#reaper,
      journal,
      generation,
      tell,
      changed: (urgent) => this.#report(urgent ? LAST_WORDS : 1),
      ended: (end) => {
        if (this.#ending) this.#settle?.resolve(end)
        return !this.#ending
      },
    })
  }

  /** Beside a replica that serves: what goes wrong here must not end it. */
  #addPlace(generation: GenerationId | undefined): Place {
    const place = this.#makePlace(generation)
    place.open().catch((error: unknown) => this.#terms.tell(`no replica can be started: ${String(error)}`))
    return place
  }

  #ordered(order: HostOrder, from: Endpoint): void {
    const last = this.#gateway
    if (last?.speaker === order.speaker && order.sequence <= last.sequence) return
    // Whoever is not listened to hears whose turn it is.
    if (!this.#listensTo(order)) return this.#say(from)
    const { speaker, term, sequence } = order
    this.#gateway = { speaker, term, sequence, endpoint: from, heardMs: performance.now() }
    if (this.#alone) this.#terms.tell(`the gateway at ${from.address}:${from.port} speaks`)
    this.#alone = false
    this.#probeEvery(order.probeMs)
    this.#beatEvery(order.beatMs)
    if (order.over !== null) return order.decided ? this.#over(order.over) : this.#giveUp(order.generation)
    if (order.decided) this.#decided(order.generation)
    else this.#prepare(order.generation)
    for (const place of this.#places) place.ordered(order)
  }

  /** A generation is to start beside the one that is the group. */
  #prepare(generation: GenerationId): void {
    if (this.#ending || this.#place.isOf(generation.epoch)) return
    if (this.#next?.place.isOf(generation.epoch) !== true) {
      this.#giveUpNext()
      this.#next = { place: this.#addPlace(generation), orderedMs: 0 }
    }
    this.#next.orderedMs = performance.now()
  }

  #giveUp({ epoch }: GenerationId): void {
    if (this.#next?.place.isOf(epoch) === true) this.#giveUpNext()
  }

  #giveUpNext(): void {
    if (this.#next === undefined) return
    const { place } = this.#next
    this.#terms.tell(`generation ${place.generation?.number} is given up, the present one goes on`)
    place.close()
    this.#next = undefined
  }

  /** This generation is the group: of those before it nothing is left here. */
  #decided({ origin, number, epoch }: GenerationId): void {
    const { generation } = this.#place
    const { place, orderedMs } = this.#next ?? {}
    if (place?.isOf(epoch) === true) {
      this.#next = undefined
      this.#terms.tell(`generation ${number} goes on with the program, the one before has ended`)
      this.#replacePlace(place)
    } else if (generation?.origin === origin && generation.epoch !== epoch) {
      this.#terms.tell(`the program has moved on to generation ${number}: the replica of an earlier one ends`)
      this.#replacePlace(this.#addPlace(undefined))
    } else if (orderedMs !== undefined && performance.now() - orderedMs > GIVEN_UP_MS) this.#giveUpNext()
  }

  #replacePlace(place: Place): void {
    this.#place.close()
    this.#place = place
    this.#report()
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

  /** The program has its time to end by itself. */
  #over({ reason, end }: NonNullable<HostOrder['over']>): void {
    if (this.#ending) return
    this.#ending = true
    const own = this.#place.end
    if (exitCodeOf(end) !== 0) {
      const details = { group: this.#terms.group, reason }
      this.#settle?.reject(llftError('LLFT_E_NET_HOST_OVER', details, { exitCode: exitCodeOf(end) }))
    } else if (own !== undefined || !this.#place.lives) this.#settle?.resolve(own ?? end)
    else setTimeout(() => this.#settle?.resolve(end), this.#terms.stopGraceMs).unref()
    this.#place.destroy()
    this.#next?.place.close()
    this.#next = undefined
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
      for (const place of this.#places) place.probe()
    }, intervalMs)
  }

  #report(copies = 1): void {
    for (let copy = 0; copy < copies; copy++) {
      // While no gateway speaks, whoever may be one is told.
      for (const endpoint of this.#silent ? this.#link.known : []) this.#say(endpoint)
      if (this.#gateway !== undefined) this.#say(this.#gateway.endpoint)
    }
    if (this.#gateway !== undefined && this.#silent && !this.#alone && this.#place.isStarted)
      this.#tellAlone(this.#gateway)
  }

  #say(to: Endpoint): void {
    for (const place of this.#places) this.#link.say(this.#reportOf(place), to)
  }

  #tellAlone({ endpoint: { address, port }, heardMs }: Gateway): void {
    this.#alone = true
    const quietMs = Math.round(performance.now() - heardMs)
    this.#terms.tell(
      `the gateway at ${address}:${port} says nothing for ${quietMs} ms: the replica waits for another one`,
    )
  }

  #reportOf(place: Place): HostReport {
    const { group, speaker } = this.#terms
    const { generation = null } = place
    return {
      word: 'report',
      group,
      speaker,
      sequence: ++this.#sequence,
      gateway: this.#followed,
      generation,
      decided: generation !== null && place === this.#place,
      guest: place.report(this.#silent),
    }
  }

  get #followed(): FollowedGateway | null {
    if (this.#gateway === undefined) return null
    const { speaker, term, endpoint } = this.#gateway
    return { speaker, term, address: `${endpoint.address}:${endpoint.port}`, silent: this.#silent }
  }

  async #close(): Promise<void> {
    this.#ending = true
    clearInterval(this.#timers.beat)
    clearInterval(this.#timers.probe)
    for (const place of this.#places) place.close()
    this.#link.close()
    await this.#reaper.close()
  }
}
