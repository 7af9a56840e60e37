import { constants } from 'node:os'
import type { Standing } from '../../driver/index.js'
import type { Epoch, Instant, MemberId } from '../../message/index.js'
import { Claims } from '../claims.js'
import type { Endpoint } from '../endpoint.js'
import { reportOfRefusal } from '../refusal.js'
import type { ProcessEnd } from '../process-end.js'
import { ReplicaTable } from '../replica-table.js'
import type { AdoptTerms, OwnGeneration, Replicas, ReplicasListener, ReplicasMaker, StartTerms } from '../replicas.js'
import { Adoption, Losses } from './adoption.js'
import type { Orphans } from './adoption.js'
import type { GatewayLine } from './gateway-line.js'
import { keyOf, unheard } from './known-host.js'
import type { KnownHost, RemoteRecord } from './known-host.js'
import { RECENT_MS } from './reign.js'
import type { Reign } from './reign.js'
import { RemoteProcess } from './remote-process.js'
import { Sightings } from './sightings.js'
import type { FollowedGateway, GenerationId, HostGuest, HostOrder, HostReport, Word } from './words.js'

/** Said so often at the end: more than are likely to be lost. */
const LAST_WORDS = 4
/** More hosts than a group has replicas, and few enough to be listed. */
const HOSTS_MAX = 64
/** Replicas given up that may still speak: as many as can have been started before their hosts hear of it. */
const STALE_MAX = 1024
/** Whoever is silent may be dead or cut off: for the group it is as if it had been killed. */
const SILENT_END: ProcessEnd = { code: 0, signal: constants.signals.SIGKILL }

export interface RemoteTerms {
  /** A host that has said nothing for so long is given up. */
  readonly hostSilenceMs: number
  readonly beatMs: number
  readonly probeMs: number
  /** So many replicas are wanted. */
  readonly wanted: number
  /** Nothing is let out but under a lease. */
  readonly fenced: boolean
  /** False while the group may be another gateway's: its hosts are listened to, and told nothing. */
  mayOrder(): boolean
  readonly line: GatewayLine
  readonly reign: Reign
  /** So many slots had been given by earlier generations. */
  readonly numberedBefore: number
  /** Which are to have a replica, of a generation that is not the group yet; undefined: all that there are. */
  readonly hosts: readonly Endpoint[] | undefined
}

export function remoteReplicas(terms: RemoteTerms): ReplicasMaker {
  return { leftovers: [], make: (_, listener) => new RemoteReplicas(terms, listener) }
}

/**
 * Replicas on other hosts, one on each (ADR 52). Their hosts say what they have, and are told what to do with it. A
 * host that falls silent is given up, and whatever it still runs is stale: should it speak again, it is told to end
 * that, and comes back with a new replica. Of other generations of its program it leaves replicas alone (ADR 55).
 */
class RemoteReplicas extends ReplicaTable<RemoteProcess> implements Replicas {
  readonly #terms: RemoteTerms
  readonly #listener: ReplicasListener
  readonly #claims = new Claims()
  /** By address and port; bounded by `HOSTS_MAX`. */
  readonly #hosts = new Map<string, KnownHost>()
  readonly #stale = new Set<MemberId>()
  #timer: NodeJS.Timeout | undefined
  #beatenMs = 0
  #over: HostOrder['over'] = null
  #own: OwnGeneration = { number: 1, epoch: 0 as Epoch }
  #decided: boolean
  /** Called once every host knows that this generation is the group. */
  #allKnow: (() => void) | undefined
  readonly #sightings = new Sightings()
  readonly #adoption: Adoption
  #losses: Losses | undefined

  constructor(terms: RemoteTerms, listener: ReplicasListener) {
    super(terms.numberedBefore)
    this.#terms = terms
    this.#listener = listener
    this.#decided = terms.hosts === undefined
    this.#adoption = new Adoption({ ...terms, speaker: terms.reign.speaker })
  }

  readonly #heard = (word: Word, from: Endpoint): void => {
    if (word.word === 'report') this.#reported(word, from)
    else if (word.word === 'standby') {
      this.#adoption.heard(word.speaker, { orphans: word.orphans, heardMs: performance.now() })
    } else if (word.word === 'order') this.#heardOf({ ...word, address: keyOf(from), silent: false })
  }

  async open(own: OwnGeneration): Promise<void> {
    this.#own = own
    await this.#terms.line.join(this.#heard)
    for (const endpoint of this.#terms.hosts ?? []) this.#hostAt(endpoint)
    this.#beatenMs = performance.now()
    this.#timer = setInterval(() => this.#beat(), this.#terms.beatMs)
  }

  /** Hosts start theirs. */
  spawn(): undefined {
    return undefined
  }

  start(slot: string, at: Instant, terms: StartTerms): void {
    const host = [...this.#hosts.values()].find(({ replica }) => replica?.slot === slot)
    if (host?.replica === undefined) return
    if (!this.#rules) this.#terms.reign.begin(this.#own.epoch)
    host.replica.started = at
    host.replica.ready = terms.join === undefined
    host.start = terms
    this.#order(host)
  }

  /** Hosts ask by themselves, and report the answers. */
  probe(): void {}

  /** With every order, as long as there is something to tell. */
  fault(): void {}

  decide(): Promise<void> {
    this.#decided = true
    for (const host of this.#hosts.values()) this.#order(host)
    return new Promise((resolve) => {
      this.#allKnow = resolve
      this.#lookWhoKnows()
    })
  }

  leave(): void {
    clearInterval(this.#timer)
    this.#terms.line.leave(this.#heard)
  }

  /** All hosts are told that it is over, once more than a datagram is likely to be lost. */
  close(): void {
    clearInterval(this.#timer)
    this.#over ??= { reason: 'the group has ended', end: { code: 0, signal: 0 } }
    for (let copy = 0; copy < LAST_WORDS; copy++) for (const host of this.#hosts.values()) this.#order(host)
    // The kernel has what was sent; whoever misses it hears that nobody is there.
    setTimeout(() => this.#terms.line.leave(this.#heard), this.#terms.beatMs)
  }

  #reported(report: HostReport, from: Endpoint): void {
    const now = performance.now()
    const { gateway, guest } = report
    if (gateway !== null) this.#heardOf(gateway)
    const host = this.#decided ? this.#hostAt(from) : this.#hosts.get(keyOf(from))
    if (
      host === undefined ||
      !this.#isAbout(report) ||
      (report.speaker === host.speaker && report.sequence <= host.sequence)
    )
      return
    // Another process speaks from there: what the last one had ended with it.
    if (report.speaker !== host.speaker) {
      if (host.replica !== undefined && host.speaker !== 0) this.#lost(host, SILENT_END)
      host.over = null
      host.foreign = false
    }
    host.speaker = report.speaker
    host.sequence = report.sequence
    host.heardMs = now
    host.knows = report.decided && this.#isOwn(report.generation)
    this.#sightings.note(keyOf(from), report, now)
    const { speaker } = this.#terms.reign
    host.elsewhere = gateway !== null && gateway.speaker !== speaker && !gateway.silent
    if (guest !== null && !host.elsewhere) this.#guest(host, guest, report.generation)
    this.#lookWhoKnows()
    // Whoever listens to another one answers: two that answer each other would do nothing else.
    if (gateway?.speaker === speaker && this.#ordersTo(host)) this.#order(host)
  }

  /** Of a place that is this generation's, may become so, or is in its way. */
  #isAbout({ generation }: HostReport): boolean {
    if (this.#isOwn(generation)) return true
    return this.#decided && (generation === null || generation.origin !== this.#terms.reign.origin)
  }

  #isOwn(generation: GenerationId | null): boolean {
    return generation?.epoch === this.#own.epoch
  }

  #lookWhoKnows(): void {
    if (this.#allKnow === undefined) return
    for (const { replica, knows } of this.#hosts.values()) if (replica !== undefined && !knows) return
    this.#allKnow()
    this.#allKnow = undefined
  }

  get #rules(): boolean {
    return this.#terms.reign.term > 0
  }

  /** Another gateway of the group, as it says itself or a host says of it. */
  #heardOf(other: FollowedGateway): void {
    const rank = this.#terms.reign.heardOf(other, performance.now())
    if (rank === 'supersedes') this.#listener.others?.superseded(other.address)
    else if (rank === 'precedes') this.#listener.others?.standsBy(other.address)
  }

  #lookForOrphans(now: number): void {
    if (this.#rules || this.#over !== null || this.#terms.reign.hearsRuler(now)) return
    const found = this.#adoption.look(this.#sightings.recent(now), now)
    if (found === undefined) return
    if (found === 'few') return this.#listener.others?.few(this.#foreignHosts(now))
    const { founding, generation, gateway, members } = found
    const adopt = (terms: AdoptTerms): void => this.#adopt(found, terms)
    const { number } = generation
    this.#listener.others?.adoptable({ founding, generation: number, gateway, count: members.length, adopt })
  }

  #foreignHosts(now: number): number {
    return [...this.#hosts.values()].filter(({ foreign, heardMs }) => foreign && now - heardMs < RECENT_MS).length
  }

  #adopt({ generation, members }: Orphans, terms: AdoptTerms): void {
    this.#terms.reign.begin(generation.origin)
    this.#own = generation
    this.#losses = new Losses(terms)
    for (const sighting of this.#sightings.recent(performance.now())) {
      const { guest } = sighting
      const host = this.#hosts.get(sighting.host)
      if (host === undefined || guest === null || guest.end !== null || !this.#isOwn(sighting.generation)) continue
      host.foreign = false
      const member = members.find(({ memberId }) => memberId === guest.claim.memberId)
      const joins = guest.standing?.members.length === 0
      if (member === undefined && !joins) continue
      this.#claimed(host, guest, { started: terms.at, ready: member !== undefined })
    }
  }

  #guest(host: KnownHost, guest: HostGuest, generation: GenerationId | null): void {
    const { memberId } = guest.claim
    if (host.replica !== undefined && host.replica.memberId !== memberId) this.#lost(host, SILENT_END)
    if (host.replica === undefined) {
      const isNew = guest.end === null && !this.#stale.has(memberId)
      // Of this group, and no member that counts: it was given up, or is one that another gateway had join.
      if (isNew && guest.started && this.#isOwn(generation)) this.#stale.add(memberId)
      host.foreign = isNew && generation !== null && !this.#isOwn(generation)
      if (host.foreign && !this.#rules) return
      if (host.foreign) return this.#listener.refused({ ...guest.claim, token: '' }, { refusal: 'earlier' })
      host.stale = guest.end === null && this.#stale.has(memberId) ? memberId : undefined
      if (guest.end !== null || host.stale !== undefined || this.#over !== null || host.over !== null) return
      return this.#claimed(host, guest)
    }
    if (guest.started) host.start = undefined
    host.replica.standing = guest.standing ?? undefined
    if (guest.end !== null) {
      host.replica.process.evidence = guest.evidence
      return this.#lost(host, guest.end)
    }
    if (guest.answers !== host.answers) {
      host.answers = guest.answers
      this.#listener.alive(host.replica.slot, guest.looped)
    }
  }

  #claimed(
    host: KnownHost,
    { claim: claimed, answers, standing }: HostGuest,
    how: Pick<RemoteRecord, 'started' | 'ready'> = { started: undefined, ready: false },
  ): void {
    const slot = this.nextSlot()
    const claim = { ...claimed, slot, token: '' }
    const { address } = host.endpoint
    this.#claims.open(slot)
    const judgement = this.#claims.judge(claim)
    if (judgement.verdict === 'refused') {
      this.#claims.close(slot)
      host.over = { reason: reportOfRefusal(claim, judgement).what, end: { code: 3, signal: 0 } }
      return this.#listener.refused(claim, judgement)
    }
    const process = new RemoteProcess(claim.pid, host.endpoint, () => this.#order(host))
    const record: RemoteRecord = {
      slot,
      origin: `on ${address}`,
      process,
      memberId: claim.memberId,
      claim,
      ...how,
      standing: standing ?? undefined,
      gone: false,
      retired: undefined,
    }
    host.answers = answers
    host.replica = record
    this.records.set(slot, record)
    this.#listener.claimed(record)
  }

  #lost(host: KnownHost, end: ProcessEnd): void {
    const { replica } = host
    if (replica === undefined) return
    if (replica.process.wanted === 'destroy')
      host.over ??= { reason: 'the replica was removed', end: { code: 0, signal: 0 } }
    host.replica = undefined
    host.start = undefined
    replica.process.end = end
    replica.gone = true
    if (replica.memberId !== undefined) {
      this.#stale.add(replica.memberId)
      this.#losses?.add(replica.memberId)
    }
    for (const oldest of this.#stale) {
      if (this.#stale.size <= STALE_MAX) break
      this.#stale.delete(oldest)
    }
    this.#listener.gone(replica)
    this.records.delete(replica.slot)
    this.#claims.close(replica.slot)
    this.#listener.ended(replica, end)
    this.#lookWhoKnows()
    this.tellEmptied()
  }

  #beat(): void {
    const now = performance.now()
    // Whoever beats this late was stopped itself, and has heard nobody.
    if (now - this.#beatenMs > this.#terms.hostSilenceMs / 2) {
      for (const host of this.#hosts.values()) host.heardMs = now
    }
    this.#beatenMs = now
    if (this.#decided) for (const endpoint of this.#terms.line.known) this.#hostAt(endpoint)
    this.#lookForSilence(now)
    for (const host of this.#hosts.values()) this.#order(host)
    this.#lookForOrphans(now)
  }

  /** Who hears nobody is cut off itself: it accuses nobody, and waits until another gateway may rule. */
  #lookForSilence(now: number): void {
    const { beatMs, hostSilenceMs } = this.#terms
    const hosts = [...this.#hosts.values()].filter(({ replica }) => replica !== undefined)
    const lastMs = Math.max(...hosts.map(({ heardMs }) => heardMs))
    const isCutOff = now - lastMs > hostSilenceMs / 2
    for (const host of hosts) {
      const quietMs = now - host.heardMs
      const { process } = host.replica as RemoteRecord
      process.reachable = quietMs <= 2 * beatMs
      if (isCutOff || quietMs <= hostSilenceMs) continue
      process.quietMs = quietMs
      this.#lost(host, SILENT_END)
    }
    if (isCutOff && hosts.length > 0 && now - lastMs > Math.max(hostSilenceMs, RECENT_MS))
      this.#listener.others?.cutOff()
  }

  /** Whom replicas that were adopted still count on. */
  get #toTell(): readonly MemberId[] {
    if (this.#losses === undefined) return []
    const standings = this.living.flatMap(({ standing }): Standing[] => (standing === undefined ? [] : [standing]))
    const lost = this.#losses.among(standings, {
      isHeard: (member) => this.ofMember(member)?.gone === false,
      runs: (member) => this.#sightings.runs(member, performance.now()),
    })
    // Whoever of them speaks after all is to end.
    for (const member of lost) this.#stale.add(member)
    return lost
  }

  #hostAt(endpoint: Endpoint): KnownHost | undefined {
    const key = keyOf(endpoint)
    const known = this.#hosts.get(key)
    if (known !== undefined || this.#hosts.size >= HOSTS_MAX) return known
    const host = unheard(endpoint)
    this.#hosts.set(key, host)
    return host
  }

  #ordersTo({ foreign, elsewhere }: KnownHost): boolean {
    if (foreign || !this.#terms.mayOrder()) return false
    if (this.#rules) return true
    // While there are replicas to adopt, standbys must hear each other as such.
    return !elsewhere && this.#adoption.orphans === 0 && !this.#terms.reign.hearsOther(performance.now())
  }

  #order(host: KnownHost): void {
    const { line, reign, probeMs, beatMs } = this.#terms
    const { replica, start, stale } = host
    if (!this.#ordersTo(host)) {
      const { orphans } = this.#adoption
      return line.say({ word: 'standby', orphans }, host.endpoint)
    }
    const wanted = replica?.process.wanted ?? 'nothing'
    const removed = wanted === 'destroy' ? { reason: 'the replica was removed', end: { code: 0, signal: 0 } } : null
    const order: Omit<HostOrder, 'group' | 'speaker' | 'sequence'> = {
      word: 'order',
      term: reign.term,
      generation: { ...this.#own, origin: reign.origin ?? this.#own.epoch },
      decided: this.#decided,
      member: replica?.memberId ?? stale ?? null,
      start: start === undefined ? null : { founding: start.founding, join: start.join ?? null },
      kill: wanted !== 'nothing' || (replica === undefined && stale !== undefined),
      lost: replica === undefined ? [] : this.#toTell,
      over: host.over ?? this.#over ?? removed,
      probeMs,
      beatMs,
    }
    line.say(order, host.endpoint)
  }
}
