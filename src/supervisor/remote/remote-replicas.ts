import { constants } from 'node:os'
import type { Founding, Standing } from '../../driver/index.js'
import type { Epoch, Instant, MemberId } from '../../message/index.js'
import { Claims } from '../claims.js'
import { reportOfRefusal } from '../refusal.js'
import type { ProcessEnd } from '../process-end.js'
import type { ReplicaRecord } from '../replica-table.js'
import { ReplicaTable } from '../replica-table.js'
import type { AdoptTerms, Replicas, ReplicasListener, ReplicasMaker, StartTerms } from '../replicas.js'
import { Adoption, Losses } from './adoption.js'
import type { Orphans } from './adoption.js'
import type { Link } from './link.js'
import { RemoteProcess } from './remote-process.js'
import { isLater } from './words.js'
import type { Endpoint, FollowedGateway, HostGuest, HostOrder, HostReport, Word } from './words.js'

/** Said so often at the end: more than are likely to be lost. */
const LAST_WORDS = 4
/** More hosts than a group has replicas, and few enough to be listed. */
const HOSTS_MAX = 64
/** Replicas given up that may still speak: as many as can have been started before their hosts hear of it. */
const STALE_MAX = 1024
/** A gateway that was heard so long ago rules no more, as far as this one knows; what a host said since then counts. */
const RECENT_MS = 2000
/** Whoever is silent may be dead or cut off: for the group it is as if it had been killed. */
const SILENT_END: ProcessEnd = { code: 0, signal: constants.signals.SIGKILL }

type Record = ReplicaRecord<RemoteProcess>

interface Host {
  readonly endpoint: Endpoint
  speaker: number
  sequence: number
  heardMs: number
  answers: number
  replica: Record | undefined
  start: StartTerms | undefined
  over: HostOrder['over']
  /** It runs a replica that an earlier gateway has started: it is not this one's to give orders. */
  foreign: boolean
  /** It listens to another gateway. */
  elsewhere: boolean
  /** What it said last. */
  guest: HostGuest | null
  gateway: FollowedGateway | null
  /** It runs a replica that was given up: that is to end. */
  stale: MemberId | undefined
}

export interface RemoteTerms {
  readonly group: string
  readonly speaker: number
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
  link(heard: (word: Word, from: Endpoint) => void): Link
}

export function remoteReplicas(terms: RemoteTerms): ReplicasMaker {
  return { leftovers: [], make: (_, listener) => new RemoteReplicas(terms, listener) }
}

/**
 * Replicas on other hosts, one on each (ADR 52). Their hosts say what they have, and are told what to do with it. A
 * host that falls silent is given up, and whatever it still runs is stale: should it speak again, it is told to end
 * that, and comes back with a new replica.
 */
class RemoteReplicas extends ReplicaTable<RemoteProcess> implements Replicas {
  readonly #terms: RemoteTerms
  readonly #listener: ReplicasListener
  readonly #link: Link
  readonly #claims = new Claims()
  /** By address and port; bounded by `HOSTS_MAX`. */
  readonly #hosts = new Map<string, Host>()
  readonly #stale = new Set<MemberId>()
  #timer: NodeJS.Timeout | undefined
  #beatenMs = 0
  #sequence = 0
  #over: HostOrder['over'] = null
  /** This gateway's; 0 until it rules. */
  #term = 0
  #termSeen = 0
  #epoch: Epoch | undefined
  readonly #adoption: Adoption
  #losses: Losses | undefined
  /** When another gateway that may order was last heard, or heard of. */
  #otherMs = -Infinity
  /** The same of one that rules; whoever does not yet keeps nobody from adopting. */
  #rulerMs = -Infinity

  constructor(terms: RemoteTerms, listener: ReplicasListener) {
    super()
    this.#terms = terms
    this.#listener = listener
    this.#link = terms.link((word, from) => {
      if (word.word === 'report') this.#reported(word, from)
      else if (word.word === 'standby') {
        this.#adoption.heard(word.speaker, { orphans: word.orphans, heardMs: performance.now() })
      } else if (word.word === 'order') this.#heardOf({ ...word, address: keyOf(from), silent: false })
    })
    this.#adoption = new Adoption(terms)
  }

  async open(): Promise<void> {
    await this.#link.open()
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
    if (this.#term === 0) this.#rule(terms.founding)
    host.replica.started = at
    host.replica.ready = terms.join === undefined
    host.start = terms
    this.#order(host)
  }

  /** Hosts ask by themselves, and report the answers. */
  probe(): void {}

  /** With every order, as long as there is something to tell. */
  fault(): void {}

  leave(): void {
    clearInterval(this.#timer)
    this.#link.close()
  }

  /** All hosts are told that it is over, once more than a datagram is likely to be lost. */
  close(): void {
    clearInterval(this.#timer)
    this.#over ??= { reason: 'the group has ended', end: { code: 0, signal: 0 } }
    for (let copy = 0; copy < LAST_WORDS; copy++) for (const host of this.#hosts.values()) this.#order(host)
    // The kernel has what was sent; whoever misses it hears that nobody is there.
    setTimeout(() => this.#link.close(), this.#terms.beatMs)
  }

  #reported(report: HostReport, from: Endpoint): void {
    const host = this.#hostAt(from)
    if (host === undefined || (report.speaker === host.speaker && report.sequence <= host.sequence)) return
    // Another process speaks from there: what the last one had ended with it.
    if (report.speaker !== host.speaker) {
      if (host.replica !== undefined && host.speaker !== 0) this.#lost(host, SILENT_END)
      host.over = null
      host.foreign = false
    }
    host.speaker = report.speaker
    host.sequence = report.sequence
    host.heardMs = performance.now()
    const { guest, gateway } = report
    host.guest = guest
    host.gateway = gateway
    host.elsewhere = gateway !== null && gateway.speaker !== this.#terms.speaker && !gateway.silent
    if (gateway !== null) this.#heardOf(gateway)
    if (guest !== null && !host.elsewhere) this.#guest(host, guest)
    // Whoever listens to another one answers: two that answer each other would do nothing else.
    if (gateway?.speaker === this.#terms.speaker && this.#ordersTo(host)) this.#order(host)
  }

  /** Another gateway of the group, as it says itself or a host says of it. */
  #heardOf(other: FollowedGateway): void {
    this.#termSeen = Math.max(this.#termSeen, other.term)
    const own = { speaker: this.#terms.speaker, term: this.#term }
    if (other.speaker === own.speaker) return
    if (this.#term > 0) {
      if (isLater(other, own)) this.#listener.others?.superseded(other.address)
    } else if (!other.silent && isLater(other, own)) {
      this.#otherMs = performance.now()
      if (other.term > 0) this.#rulerMs = this.#otherMs
      this.#listener.others?.standsBy(other.address)
    }
  }

  #rule({ epoch }: Founding): void {
    this.#term = this.#termSeen + 1
    this.#epoch = epoch
  }

  #lookForOrphans(now: number): void {
    if (this.#term > 0 || this.#over !== null || now - this.#rulerMs < RECENT_MS) return
    const recent = [...this.#hosts.values()].filter(({ heardMs }) => heardMs > 0 && now - heardMs < RECENT_MS)
    const found = this.#adoption.look(recent, now)
    if (found === undefined) return
    if (found === 'few') return this.#listener.others?.few(recent.filter(({ foreign }) => foreign).length)
    const { founding, gateway, members } = found
    const adopt = (terms: AdoptTerms): void => this.#adopt(found, terms)
    this.#listener.others?.adoptable({ founding, gateway, count: members.length, adopt })
  }

  #adopt({ founding, members }: Orphans, terms: AdoptTerms): void {
    this.#rule(founding)
    this.#losses = new Losses(terms)
    for (const host of this.#hosts.values()) {
      const { guest } = host
      if (guest?.founding?.epoch !== founding.epoch || guest.end !== null) continue
      host.foreign = false
      const member = members.find(({ memberId }) => memberId === guest.claim.memberId)
      const joins = guest.standing?.members.length === 0
      if (member === undefined && !joins) continue
      this.#claimed(host, guest, { started: terms.at, ready: member !== undefined })
    }
  }

  #guest(host: Host, guest: HostGuest): void {
    const { memberId } = guest.claim
    if (host.replica !== undefined && host.replica.memberId !== memberId) this.#lost(host, SILENT_END)
    if (host.replica === undefined) {
      const started = guest.started && guest.end === null && !this.#stale.has(memberId)
      // Of this group, and no member that counts: it was given up, or is one that another gateway had join.
      if (started && guest.epoch === this.#epoch) this.#stale.add(memberId)
      host.foreign = started && guest.epoch !== this.#epoch
      if (host.foreign && this.#term === 0) return
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
    host: Host,
    { claim: claimed, answers, standing }: HostGuest,
    how: Pick<Record, 'started' | 'ready'> = { started: undefined, ready: false },
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
    const process = new RemoteProcess(claim.pid, address, () => this.#order(host))
    const record: Record = {
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

  #lost(host: Host, end: ProcessEnd): void {
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
    this.tellEmptied()
  }

  #beat(): void {
    const now = performance.now()
    // Whoever beats this late was stopped itself, and has heard nobody.
    if (now - this.#beatenMs > this.#terms.hostSilenceMs / 2) {
      for (const host of this.#hosts.values()) host.heardMs = now
    }
    this.#beatenMs = now
    for (const endpoint of this.#link.known) this.#hostAt(endpoint)
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
      const { process } = host.replica as Record
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
    const lost = this.#losses.among(standings, (member) => this.ofMember(member)?.gone === false)
    // Whoever of them speaks after all is to end.
    for (const member of lost) this.#stale.add(member)
    return lost
  }

  #hostAt(endpoint: Endpoint): Host | undefined {
    const key = keyOf(endpoint)
    const known = this.#hosts.get(key)
    if (known !== undefined || this.#hosts.size >= HOSTS_MAX) return known
    const fresh = { speaker: 0, sequence: 0, heardMs: 0, answers: 0 }
    const host: Host = {
      endpoint,
      ...fresh,
      replica: undefined,
      start: undefined,
      over: null,
      stale: undefined,
      foreign: false,
      elsewhere: false,
      guest: null,
      gateway: null,
    }
    this.#hosts.set(key, host)
    return host
  }

  #ordersTo({ foreign, elsewhere }: Host): boolean {
    if (foreign || !this.#terms.mayOrder()) return false
    if (this.#term > 0) return true
    // While there are replicas to adopt, standbys must hear each other as such.
    return !elsewhere && this.#adoption.orphans === 0 && performance.now() - this.#otherMs >= RECENT_MS
  }

  #order(host: Host): void {
    const { group, speaker, probeMs, beatMs } = this.#terms
    const { replica, start, stale } = host
    if (!this.#ordersTo(host)) {
      const { orphans } = this.#adoption
      return this.#link.say({ word: 'standby', group, speaker, sequence: ++this.#sequence, orphans }, host.endpoint)
    }
    const wanted = replica?.process.wanted ?? 'nothing'
    const removed = wanted === 'destroy' ? { reason: 'the replica was removed', end: { code: 0, signal: 0 } } : null
    const order: HostOrder = {
      word: 'order',
      group,
      speaker,
      sequence: ++this.#sequence,
      term: this.#term,
      member: replica?.memberId ?? stale ?? null,
      start: start === undefined ? null : { founding: start.founding, join: start.join ?? null },
      kill: wanted !== 'nothing' || (replica === undefined && stale !== undefined),
      lost: replica === undefined ? [] : this.#toTell,
      over: host.over ?? this.#over ?? removed,
      probeMs,
      beatMs,
    }
    this.#link.say(order, host.endpoint)
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`
}
