import type { Locator, MemberId } from '../message/index.js'
import { Budget } from './budget.js'
import { Cluster } from './cluster.js'
import type { Milestone } from './milestones.js'
import type { Passage } from './network.js'
import type { Fault, FaultName, Plan, Role } from './plan.js'

const STEP = 1_000
/** Ten times what clients can cause in a step; more is a storm that feeds itself. */
const STEP_EVENTS_MAX = 20_000
const ABSENCE_MAX = 1_000_000
/** After the last fault everything must be well within so many steps: longer than any timeout of the plan's limits. */
const LIVENESS_STEPS = 8_000
/** Nothing is killed before the group has told its peers that it exists. */
const CALM_STEPS = 3
/** What a member may do when others go on without it; a replacement is started. */
const STOPS: ReadonlySet<string> = new Set([
  'left out of the established view',
  'removed from the group',
  'superseded',
  'handed over',
  'superseded by a newer view',
  'declared to have failed',
  'no view followed that of the last primary',
  // Under `acknowledged`: what it executed and the others cannot was let out by nobody.
  'executed beyond the established history',
])

export interface SwarmOutcome {
  readonly violations: readonly string[]
  readonly reached: Readonly<Partial<Record<Milestone, number>>>
  readonly faults: Readonly<Partial<Record<FaultName, number>>>
  readonly virtualTime: number
  readonly takeovers: number
  readonly datagrams: number
  readonly lost: number
  readonly compared: number
  readonly answered: number
  /** The run was ended because more was lost than is promised to be survived. */
  readonly exceeded: boolean
  readonly fingerprint: number
  readonly trace: readonly string[]
}

/** Runs a plan: its faults while safety is checked, then a healed network on which everything must be answered. */
export function runPlan(plan: Plan, traces = false): SwarmOutcome {
  return new Swarm(plan, traces).run()
}

class Swarm {
  readonly #plan: Plan
  readonly #cluster: Cluster
  readonly #budget: Budget
  readonly #made: Partial<Record<FaultName, number>> = {}
  /** Waiting for a replica that reaches the stage, or for the datagram before which one dies. */
  #stages: string[] = []
  readonly #lastSends = new Map<Locator, number>()
  readonly #absentSince = new Map<MemberId, number>()
  /** Members whose windows must bound what waits for their programs; bounded by the members of one simulation. */
  readonly #paced = new Set<MemberId>()
  /** More was lost than is promised to be survived: what follows proves nothing. */
  #exceeded = false

  constructor(plan: Plan, traces: boolean) {
    this.#plan = plan
    const { weather, eagerness } = plan
    this.#cluster = new Cluster({ ...plan, requestsPerStream: Infinity, traces, stops: STOPS })
    this.#cluster.network.weather = weather
    this.#cluster.clients.eagerness = eagerness
    this.#budget = new Budget(this.#cluster, plan.commit)
    this.#cluster.onTakeover = (memberId, stage): void => this.#staged(memberId, stage)
    this.#cluster.observer.onMembership = (): void => {
      if (this.#budget.exceeded) this.#exceeded = true
    }
    const { observe } = this.#cluster.network
    this.#cluster.network.observe = (passage): void => {
      observe(passage)
      this.#sending(passage)
    }
  }

  run(): SwarmOutcome {
    const { world, clients, network, laws, observer } = this.#cluster
    const { steps, faults, ticks } = this.#plan
    for (let step = 0; step < steps + CALM_STEPS && this.#fine && !this.#exceeded; step++) {
      for (const fault of faults) if (fault.at + CALM_STEPS === step) this.#strike(fault)
      this.#cluster.pump()
      if (world.random.chance(ticks)) this.#cluster.tick()
      this.#advance()
    }
    observer.note('all faults are over')
    network.heal()
    clients.rest()
    this.#stages = []
    this.#lastSends.clear()
    for (let step = 0; step < LIVENESS_STEPS && this.#fine && !this.#exceeded && !this.#quiet; step++) {
      this.#advance()
      this.#replaceAbsent()
    }
    if (this.#fine && !this.#exceeded) this.#conclude()
    return {
      violations: laws.violations,
      reached: this.#cluster.reached,
      faults: this.#made,
      virtualTime: world.now,
      takeovers: this.#cluster.takeovers,
      datagrams: network.delivered,
      lost: network.lost,
      compared: laws.compared,
      answered: clients.answered,
      exceeded: this.#exceeded,
      fingerprint: this.#cluster.fingerprint,
      trace: observer.trace,
    }
  }

  /** One step; law L6: what there is to do in it stays in proportion. */
  #advance(): void {
    const { world, laws } = this.#cluster
    const events = world.run(world.now + STEP)
    if (events > STEP_EVENTS_MAX) laws.broken(`L6: ${events} events in a millisecond`)
    for (const { memberId, replica } of this.#cluster.processes) {
      const { waitingBytes } = replica
      // A newcomer sets nobody's pace until it has caught up, with inputs as with history.
      if (waitingBytes === 0 && this.#cluster.isCaughtUp(memberId)) this.#paced.add(memberId)
      if (!this.#paced.has(memberId) || waitingBytes <= this.#waitingBytesMax) continue
      laws.broken(`L6: ${waitingBytes} bytes wait at member ${memberId}`)
    }
  }

  /**
   * The supervisor's part: a process that is no member, because nobody told it that it was left out or because all whom
   * it asks are dead, is replaced after a while.
   */
  #replaceAbsent(): void {
    const { processes, statuses, world, adopted } = this.#cluster
    // Nobody who could replace them knows the membership yet.
    if (!adopted) return this.#absentSince.clear()
    for (const { memberId } of processes) {
      if (statuses.some(({ members }) => members.some((member) => member.memberId === memberId))) {
        this.#absentSince.delete(memberId)
        continue
      }
      const since = this.#absentSince.get(memberId) ?? world.now
      this.#absentSince.set(memberId, since)
      if (world.now - since < ABSENCE_MAX) continue
      this.#cluster.reach('a forgotten process is replaced')
      this.#cluster.crash(memberId, true)
    }
  }

  /** Who finds a window open sends one whole datagram more; a gateway that is gone had a window of its own. */
  get #waitingBytesMax(): number {
    const { receiveBytesMax, payloadBytesMax } = this.#cluster.limits
    return 2 * (receiveBytesMax + payloadBytesMax + this.#plan.requestBytes)
  }

  get #fine(): boolean {
    return this.#cluster.violations.length === 0
  }

  /** Law L5, and what of L6 can be seen from outside: everything is answered, executed and acknowledged. */
  get #quiet(): boolean {
    const { clients, processes, caughtUp, primary, gatewayDown } = this.#cluster
    if (!clients.done || gatewayDown || primary === undefined || caughtUp !== this.#plan.replicas) return false
    const executed = this.#cluster.executedOf(primary)
    return (
      processes.length === this.#plan.replicas &&
      processes.every(({ member }) => member.executed === executed && (!member.live || member.settled))
    )
  }

  #conclude(): void {
    const { laws, clients, processes, caughtUp } = this.#cluster
    if (processes.some(({ pace }) => pace.overflows > 0)) this.#cluster.reach('a receive buffer overflows')
    if (this.#quiet) {
      for (const process of processes) laws.survives(process)
      return
    }
    const states = processes.map(({ memberId, replica, member }) => {
      const { number, precedence, backupView } = replica.view
      const view = `${number}.${precedence}.${backupView}`
      return `${memberId} ${replica.role} ${view} at ${member.executed} of ${replica.held}`
    })
    const what = clients.done ? 'answered, but not whole' : 'requests stay unanswered'
    laws.broken(`L5: ${what}; ${caughtUp} of ${this.#plan.replicas} caught up; ${states.join(', ')}`)
  }

  #strike(fault: Fault): void {
    if (this.#apply(fault)) this.#made[fault.fault] = (this.#made[fault.fault] ?? 0) + 1
  }

  #apply(fault: Fault): boolean {
    const { network } = this.#cluster
    switch (fault.fault) {
      case 'crash':
        return this.#crash(fault.who)
      case 'crash in takeover':
        return this.#stages.push(fault.stage) > 0
      case 'crash in sending': {
        const [locator] = this.#locators(fault.who)
        if (locator === undefined) return false
        this.#lastSends.set(locator, fault.sends)
        return true
      }
      case 'lose fronts':
        return this.#loseFronts(fault.duration)
      case 'slow kill':
        return this.#killSlowly(fault.who, fault.duration)
      case 'hand over':
        return this.#handOver()
      case 'false suspicion':
        return this.#suspectFalsely(fault.who, fault.duration)
      case 'stall':
        for (const locator of this.#locators(fault.who)) this.#cluster.stall(locator, fault.duration)
        return true
      case 'busy':
        for (const locator of this.#locators(fault.who)) this.#cluster.busy(locator, fault.duration)
        return true
      case 'clock jump':
        for (const locator of this.#locators(fault.who)) this.#cluster.jump(locator, fault.duration)
        return true
      case 'cut':
      case 'jam': {
        const [from, to] = [this.#locators(fault.from), this.#locators(fault.to)]
        const link = (source: Locator, target: Locator): boolean => from.includes(source) && to.includes(target)
        this.#cluster.observer.note(`${fault.fault} ${from.join(' ')} > ${to.join(' ')} for ${fault.duration}`)
        if (fault.fault === 'cut') network.cutFor(link, fault.duration)
        else network.jamFor(link, fault.duration)
        return true
      }
      default:
        this.#cluster.part(fault.fault)
        return true
    }
  }

  #crash(roles: readonly Role[]): boolean {
    if (!roles.includes('gateway')) return this.#crashReplicas(roles)
    const others = roles.filter((role) => role !== 'gateway')
    if (others.length > 0 && this.#plan.commit !== 'acknowledged') return false
    return this.#crashGateway() && (others.length === 0 || this.#crashReplicas(others))
  }

  #crashReplicas(roles: readonly Role[]): boolean {
    const members = new Set(roles.flatMap((role) => this.#locators(role)).map((locator) => this.#memberAt(locator)))
    const victims = [...members].filter((member) => member !== undefined)
    if (victims.length === 0 || !this.#budget.mayKill(victims)) return false
    this.#noteDeaths(victims)
    for (const victim of victims) this.#cluster.crash(victim, true)
    return true
  }

  #crashGateway(): boolean {
    if (!this.#budget.mayKillGateway()) return false
    this.#budget.gatewayKilled()
    this.#cluster.crashGateway()
    return true
  }

  #loseFronts(silence: number): boolean {
    if (this.#cluster.consoleDown || !this.#budget.mayKillGateway()) return false
    this.#budget.gatewayKilled()
    this.#cluster.loseFronts(silence)
    return true
  }

  #killSlowly(who: Role, duration: number): boolean {
    const [victim] = this.#locators(who).map((locator) => this.#memberAt(locator))
    if (victim === undefined || !this.#budget.mayKill([victim])) return false
    this.#noteDeaths([victim])
    this.#budget.doom(victim)
    this.#cluster.suspect(victim)
    this.#cluster.world.after(duration, () => this.#cluster.crash(victim, true))
    return true
  }

  #suspectFalsely(who: Role, duration: number): boolean {
    const [locator] = this.#locators(who)
    const victim = locator === undefined ? undefined : this.#memberAt(locator)
    if (victim === undefined || !this.#budget.mayKill([victim])) return false
    this.#noteDeaths([victim])
    this.#budget.doom(victim)
    const { console } = this.#cluster
    this.#cluster.network.cutFor((from, to) => from === console && to === locator, duration)
    this.#cluster.suspect(victim)
    return true
  }

  /** It counts as the death of the primary, which ends once it has told its successor. */
  #handOver(): boolean {
    const { observer, backups } = this.#cluster
    // Not any that leads: one that was superseded may not know it yet.
    const { members, view } = observer
    const primary = members.find(({ precedence }) => precedence === view.precedence)?.memberId
    const successor = backups.findLast((memberId) => memberId !== primary && this.#cluster.isCaughtUp(memberId))
    if (primary === undefined || successor === undefined || !this.#budget.mayKill([primary])) return false
    this.#budget.doom(primary)
    this.#cluster.handOver(successor)
    return true
  }

  #staged(memberId: MemberId, stage: 'proposed' | 'recovered' | 'established'): void {
    if (stage === 'established') this.#budget.established(memberId)
    if (!this.#stages.includes(stage) || !this.#budget.mayKill([memberId])) return
    this.#stages = this.#stages.filter((each) => each !== stage)
    this.#cluster.reach(
      stage === 'established' ? 'a primary dies when it is established' : `a proposer dies when it has ${stage}`,
    )
    this.#cluster.crash(memberId, true)
  }

  #sending({ from, fate }: Passage): void {
    const left = this.#lastSends.get(from)
    if (fate !== 'sent' || left === undefined) return
    this.#lastSends.set(from, left - 1)
    const victim = this.#memberAt(from)
    if (left > 1) return
    this.#lastSends.delete(from)
    if (victim === undefined || !this.#budget.mayKill([victim])) return
    if (victim === this.#cluster.primary) this.#cluster.reach('a primary dies in the middle of sending')
    this.#cluster.crash(victim, true)
  }

  #noteDeaths(victims: readonly MemberId[]): void {
    const { primary, observer, processes } = this.#cluster
    if (primary === undefined || !victims.includes(primary)) return
    if (!this.#cluster.adopted) this.#cluster.reach('a primary dies while a standby adopts the group')
    if (victims.length > 1) this.#cluster.reach('primary and first backup die together')
    const left = observer.members.filter(({ memberId }) => {
      return !victims.includes(memberId) && processes.some((process) => process.memberId === memberId)
    })
    if (left.some((member) => !member.caughtUp)) this.#cluster.reach('a primary dies while a newcomer catches up')
    if (left.length === 1) this.#cluster.reach('one member goes on alone')
  }

  #memberAt(locator: Locator): MemberId | undefined {
    return this.#cluster.processes.find((process) => process.locator === locator)?.memberId
  }

  #locators(role: Role): readonly Locator[] {
    const { processes, gateway, console } = this.#cluster
    const backups = processes.filter((process) => !process.member.live)
    const some = (process: { readonly locator: Locator } | undefined): readonly Locator[] => {
      return process === undefined ? [] : [process.locator]
    }
    switch (role) {
      case 'primary':
        return some(processes.find((process) => process.member.live))
      case 'first backup':
        return some(backups[0])
      case 'last backup':
        return some(backups.at(-1))
      case 'newcomer':
        return some(processes.at(-1))
      case 'gateway':
        return [gateway]
      case 'console':
        return [console]
      case 'all':
        return [...processes.map((process) => process.locator), gateway, console]
      default:
        return []
    }
  }
}
