import type { GroupStatus } from '../admin/index.js'
import type { RunOptions } from '../config/index.js'
import type { Founding, GroupSettings, PeerStart } from '../driver/index.js'
import { EXIT, llftError, LlftError, report } from '../errors/index.js'
import { GROUP } from '../message/index.js'
import type { Epoch, MemberId, PeerInfo } from '../message/index.js'
import type { Claim, Refusal } from './claims.js'
import { Chronicle } from './chronicle.js'
import { Desk } from './desk.js'
import { detectionOf } from './detection.js'
import { leaseTermsOf } from './lease/production.js'
import { foundingOf } from './founding.js'
import { GatewayKeeper } from './gateway-keeper.js'
import type { GatewayLoss } from './gateway-keeper.js'
import { warningOf } from './gateway-warning.js'
import { openGroup } from './open-group.js'
import type { OpenedGroup } from './open-group.js'
import { exitCodeOf, outcomeOf, signalName } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import { Reaper } from './reaper.js'
import { reportOfRefusal } from './refusal.js'
import type { Adoptable, Replica, Replicas, ReplicasListener } from './replicas.js'
import { ReportedOnce } from './reported-once.js'
import type { RunningGroup } from './running-group.js'
import { SnapshotOffer } from './snapshot-offer.js'
import { StandbyDuty } from './standby-duty.js'
import { endedAtStart, overdue } from './start-failures.js'
import { statusOf } from './status-model.js'
import { isStop, StopPolicy, TOLD_TO_STOP } from './stop-policy.js'
import type { SupervisorTerms } from './supervisor-terms.js'
import { afterAdoption } from './transport-choice.js'
import type { TransportChoice } from './transport-choice.js'

type Phase = 'founding' | 'running' | 'ending'

/** One generation of an `llft run`: founds the group, keeps it whole, and ends it. */
export class Supervisor {
  readonly desk: Desk
  readonly chronicle: Chronicle = new Chronicle()
  readonly offer: SnapshotOffer = new SnapshotOffer()
  readonly replicas: Replicas
  readonly gateway: GatewayKeeper
  readonly #terms: SupervisorTerms
  readonly #console: PeerStart['identity']
  #epoch: Epoch
  #generation: number
  readonly #reaper: Reaper
  readonly #stop: StopPolicy
  readonly #outcome: Promise<ProcessEnd>
  #settle: { resolve(end: ProcessEnd): void; reject(error: LlftError): void } | undefined
  #phase: Phase = 'founding'
  #begunMs = 0
  #transport: TransportChoice | undefined
  #gatewayPeer: PeerInfo | undefined
  #group: RunningGroup | undefined
  #opened: OpenedGroup | undefined
  /** How the program has ended by itself: what it released to its clients is still delivered. */
  #orderly: ProcessEnd | undefined
  /** Of a group that was adopted: as it was founded. */
  #commit: RunOptions['commit'] | undefined
  /** Replicas of other hosts are not this generation's to end. */
  #left = false
  /** Another generation is the group; the gateway and the lease are not this one's to end. */
  #retired = false
  readonly #reported: ReportedOnce

  constructor(terms: SupervisorTerms) {
    const { options, paths, entropy, faults } = terms
    this.#terms = terms
    this.#reported = new ReportedOnce(terms.notice)
    this.#epoch = entropy.identity() as Epoch
    this.#generation = terms.generation
    this.#console = {
      group: GROUP.console,
      epoch: entropy.identity() as Epoch,
      memberId: entropy.identity() as MemberId,
    }
    this.#reaper = new Reaper(terms.replicas.leftovers)
    this.replicas = terms.replicas.make(this.#reaper, this.#listener)
    this.gateway = new GatewayKeeper(
      {
        entry: paths.gateway,
        epoch: () => this.#epoch,
        address: terms.address,
        listen: options.listen.map(({ appPort, public: { host, port } }) => ({ host, port, appPort })),
        faults: faults['gateway'] ?? {},
        entropy,
        reaper: this.#reaper,
        contacts: () => this.#group?.contacts() ?? [],
        settings: () => this.#settings,
        ...(terms.predecessor === undefined ? {} : { shared: terms.predecessor.process }),
      },
      {
        ready: (peer) => this.#gatewayReady(peer),
        follows: (view) => this.#group?.gatewayFollows(view),
        askLease: (granted) => terms.lease?.renew(granted),
        listening: () => this.#listening(),
        offers: () => this.offer.make(),
        warned: (warning) => this.#reported.report(warningOf(warning)),
        lost: (loss) => this.#gatewayLost(loss),
      },
    )
    this.desk = new Desk({
      name: options.name,
      events: () => this.chronicle.log,
      replicas: this.replicas,
      gateway: this.gateway,
      group: () => this.#group,
      status: () => this.status,
    })
    this.#stop = new StopPolicy({
      graceMs: options.stopGraceMs,
      deliver: (signal) => this.#group?.signal(signal),
      force: (signal, late) => this.#forced(signal, late),
    })
    this.#outcome = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
  }

  /** Resolves with the program's own end; raises an `LlftError` when the group cannot be or go on. */
  async run(): Promise<ProcessEnd> {
    const { options, foundMs, lease } = this.#terms
    let bound: NodeJS.Timeout | undefined
    this.#begunMs = performance.now()
    if (this.#terms.predecessor === undefined) this.#watchLease()
    try {
      // Other hosts' replicas may be another gateway's: the lease is taken once all have come to this one.
      if (foundMs !== undefined) await Promise.race([lease?.acquire(), this.#outcome])
      if (foundMs !== undefined && lease?.held === false) return await this.#outcome
      this.#transport = await this.#terms.chooseTransport(this.#epoch)
      if (foundMs !== undefined) bound = setTimeout(() => this.#overdue(), foundMs)
      await this.replicas.open({ number: this.#generation, epoch: this.#epoch })
      // With other hosts it is not known yet whose gateway it is to be.
      if (foundMs !== undefined) this.gateway.start()
      for (let count = 0; count < options.replicas; count++) this.replicas.spawn('start')
      return await this.#outcome
    } finally {
      clearTimeout(bound)
      await this.#close()
    }
  }

  /** One that this process got; the program gets it once, in order. */
  signal(signal: number): void {
    const stops = isStop(signal)
    if (this.#phase !== 'running') {
      if (stops) this.#settle?.resolve({ code: 0, signal })
    } else if (stops) this.#stop.signal(signal)
    else this.#group?.signal(signal)
  }

  /** Why no other generation can follow this one now; of standard input part is read already. */
  get obstacle(): string | undefined {
    if (this.#stop.stopping) return TOLD_TO_STOP
    return this.#opened?.readsInput() === true ? 'the program reads standard input' : undefined
  }

  /** This generation is the group from now on, after that one; resolves once all its hosts know. */
  succeed(before: Supervisor): Promise<void> {
    this.chronicle.continues(before.chronicle)
    this.gateway.own()
    this.#watchLease()
    before.#left = true
    before.retire()
    return this.replicas.decide()
  }

  /** Another generation is the group: all of this one ends, and nobody hears of it. */
  retire(): void {
    if (this.#phase === 'ending') return
    this.#phase = 'ending'
    this.#retired = true
    this.gateway.retire()
    this.#settle?.resolve({ code: 0, signal: 0 })
  }

  /** What is known without asking the gateway. */
  get status(): GroupStatus {
    return statusOf({
      group: this.#terms.options.name,
      epoch: this.#epoch,
      generation: this.#generation,
      wanted: this.#group?.replacements.wanted ?? this.#terms.options.replicas,
      historyBytesMax: this.#terms.options.historyBytesMax,
      fencing: this.#terms.lease?.status,
      detection: detectionOf(this.#terms.options, this.#terms.hostSilenceMs),
      transport: this.#transport?.status ?? null,
      peer: this.#group?.peer,
      replicas: this.replicas.all,
      gateway: this.gateway,
      chronicle: this.chronicle,
      replay: this.#group?.replay,
      offersSnapshots: this.offer.isMade,
    })
  }

  get #listener(): ReplicasListener {
    return {
      claimed: (replica) => (this.#phase === 'founding' ? this.#foundWhenComplete() : this.#group?.claimed(replica)),
      refused: (claim, refusal) => this.#refused(claim, refusal),
      alive: (slot, looped) => this.#group?.alive(slot, looped),
      gone: (replica) => {
        if (this.#phase === 'running') this.#group?.gone(replica)
        else this.#group?.announce(replica)
      },
      ended: (replica, end) => this.#replicaEnded(replica, end),
      others: this.#duty,
    }
  }

  /** Another gateway has the group, or may have it: nothing more is let out here, and its hosts are left alone. */
  #leave(error: LlftError): void {
    this.#left = true
    this.gateway.kill()
    this.#fail(error, [])
  }

  get #duty(): StandbyDuty {
    const { lease, options } = this.#terms
    return new StandbyDuty({
      lease,
      group: options.name,
      wanted: options.replicas,
      stands: () => this.#phase === 'founding',
      held: () => this.#foundWhenComplete(),
      failed: (error) => this.#settle?.reject(error),
      adopt: (found) => this.#adopt(found),
      leave: (error) => this.#leave(error),
      tell: (key, what) => this.#reported.report({ key, what }),
    })
  }

  /** The replicas of a gateway that is lost are this one's (ADR 59). */
  #adopt({ founding, generation, gateway, count, adopt }: Adoptable): void {
    this.#phase = 'running'
    this.#epoch = founding.epoch
    this.#generation = generation
    this.#commit = founding.settings.commit
    this.#transport = afterAdoption(this.#transport)
    adopt({
      at: this.#terms.clock.now(),
      own: () => [this.#console.memberId, this.gateway.memberId],
      connected: () => (this.#group?.peer.members.length ?? 0) > 0,
    })
    this.chronicle.takesOver(`the gateway at ${gateway} is lost, ${count} replicas are adopted`)
    this.#openGroup({ ...founding, settings: this.#settings }, true)
    this.gateway.renew()
    this.#terms.notice({ notice: 'founded' })
  }

  #gatewayReady(peer: PeerInfo): void {
    this.#gatewayPeer = peer
    if (this.#phase === 'running') this.chronicle.group('gateway-started', 'in place of the last one')
    this.#foundWhenComplete()
  }

  #watchLease(): void {
    const { lease } = this.#terms
    if (lease !== undefined) lease.onLost = (error): void => this.#leave(error)
  }

  #listening(): void {
    this.#group?.listening()
    this.#terms.notice({ notice: 'listening' })
  }

  get #settings(): GroupSettings {
    const { journal, options } = this.#terms
    const { historyBytesMax } = options
    const commit = this.#commit ?? options.commit
    const lease = options.fencing && leaseTermsOf(options.fencing)
    const { multicast, datagrams } = this.#transport ?? {}
    return { commit, historyBytesMax, journal, lease, multicast, datagrams }
  }

  #foundWhenComplete(): void {
    const claims = this.replicas.living.flatMap(({ claim }) => claim ?? [])
    const { options, transport, founders = options.replicas } = this.#terms
    const gateway = this.#gatewayPeer
    if (this.#phase !== 'founding' || claims.length < founders) return
    const { lease } = this.#terms
    if (lease !== undefined && !lease.held) {
      return lease.whenHeld({ held: () => this.#foundWhenComplete(), failed: (error) => this.#settle?.reject(error) })
    }
    if (gateway === undefined) return this.gateway.start()
    this.#phase = 'running'
    const peers = [gateway, { ...this.#console, locator: transport.locator }]
    const terms = { name: options.name, epoch: this.#epoch, settings: this.#settings, claims, peers }
    this.#openGroup(foundingOf(terms), false)
    this.#terms.notice({ notice: 'founded' })
  }

  #openGroup(founding: Founding, adopted: boolean): void {
    const opened = openGroup({
      founding,
      adopted,
      supervisor: this.#terms,
      identity: this.#console,
      replicas: this.replicas,
      gateway: this.gateway,
      chronicle: this.chronicle,
      exited: (end, uncaught) => this.#exited(end, uncaught),
      event: (event) => this.#group?.event(event),
      // Replicas that have joined since the adoption may hold all that is left, and are for the next gateway.
      fail: (error, unheard) => (unheard ? this.#leave(error) : this.#fail(error, [])),
    })
    this.#opened = opened
    this.#group = opened.group
  }

  /** The program has ended, in order, and every replica ends now. */
  #exited(end: ProcessEnd, uncaught: boolean): void {
    if (this.#phase === 'ending') return
    this.#phase = 'ending'
    this.#orderly = end
    this.#stop.close()
    const { options, notice } = this.#terms
    notice({ notice: 'exited' })
    if (uncaught && options.replicas > 1) {
      notice({ notice: 'report', report: report('LLFT_E_GUEST_FAILED_ALIKE', { outcome: outcomeOf(end) }) })
    }
    for (const replica of this.replicas.living) if (!replica.ready) replica.process.destroy()
    void this.replicas.emptied(options.stopGraceMs).then(() => this.#settle?.resolve(end))
  }

  #replicaEnded(replica: Replica, end: ProcessEnd): void {
    if (this.#phase === 'running') this.#group?.ended(replica, end, () => this.#phase !== 'running')
    else if (this.#phase === 'founding') this.#endedAtStart(replica, end)
    // A replica that ended in order has seen all its messages acknowledged: the others have nothing left to do.
    else if (this.#endedInOrder(replica, end)) this.replicas.destroy()
  }

  #endedInOrder(replica: Replica, end: ProcessEnd): boolean {
    // What a wrapper makes of its program's end is its own matter.
    return this.#orderly !== undefined && (!replica.process.direct || exitCodeOf(end) === exitCodeOf(this.#orderly))
  }

  #endedAtStart(replica: Replica, end: ProcessEnd): void {
    const { command } = this.#terms.options
    this.#fail(endedAtStart(replica, end, { command, waitedMs: performance.now() - this.#begunMs }), [replica])
  }

  #overdue(): void {
    if (this.#phase !== 'founding') return
    const { all } = this.replicas
    const absent = all.filter(({ claim }) => claim === undefined)
    this.#fail(overdue(this.#terms.options, absent, all.length), absent.slice(0, 1))
  }

  #refused(claim: Claim, refusal: Refusal): void {
    const why = reportOfRefusal(claim, refusal)
    if (this.#phase === 'running') this.#reported.report({ key: why.code, what: why })
    // After the program's end too: the command would go on with another program, and that is not what was asked for.
    else this.#settle?.reject(new LlftError(why, { exitCode: EXIT.configuration }))
  }

  #gatewayLost({ memberId, end, evidence, streams, atStart }: GatewayLoss): void {
    const { notice } = this.#terms
    this.#gatewayPeer = undefined
    notice({ notice: 'evidence', of: 'gateway', text: evidence })
    if (this.#phase === 'founding' && atStart) {
      this.#fail(llftError('LLFT_E_GATEWAY_START', { reason: `it ended with ${outcomeOf(end)}` }), [])
    } else if (this.#phase === 'running') {
      this.#group?.gatewayLost(memberId, outcomeOf(end))
      notice({ notice: 'report', report: report('LLFT_W_GATEWAY_RESTARTED', { outcome: outcomeOf(end), streams }) })
    }
  }

  #forced(signal: number, late: boolean): void {
    const { stopGraceMs: graceMs } = this.#terms.options
    if (late) {
      const details = { graceMs, signal: signalName(signal) }
      this.#terms.notice({ notice: 'report', report: report('LLFT_W_STOP_FORCED', details) })
    }
    this.#phase = 'ending'
    this.#settle?.resolve({ code: 0, signal })
  }

  #fail(error: LlftError, witnesses: readonly Replica[]): void {
    if (this.#phase === 'ending') return
    this.#phase = 'ending'
    for (const { slot, process } of witnesses) {
      this.#terms.notice({ notice: 'evidence', of: slot, text: process.evidence })
    }
    this.#settle?.reject(error)
  }

  async #close(): Promise<void> {
    this.#phase = 'ending'
    this.#stop.close()
    if (this.#left) this.replicas.leave()
    else this.replicas.close()
    if (this.#orderly !== undefined) await this.gateway.stop()
    else this.gateway.kill()
    await this.#opened?.console.close()
    this.#group?.close()
    this.#terms.transport.close()
    if (!this.#retired) await this.#terms.lease?.close()
    await this.#reaper.close()
  }
}
