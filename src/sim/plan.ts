import { SeededRandom } from '../base/index.js'
import type { CommitMode, Limits } from '../core/index.js'
import type { TakeoverStage } from './cluster.js'
import type { Weather } from './network.js'
import { CALM } from './network.js'

/** Whom a fault strikes, found when it does. */
export type Role = 'primary' | 'first backup' | 'last backup' | 'newcomer' | 'gateway' | 'console' | 'all'

export type Fault =
  | { readonly at: number; readonly fault: 'crash'; readonly who: readonly Role[] }
  /** The next replica that reaches this stage of a takeover dies there. */
  | { readonly at: number; readonly fault: 'crash in takeover'; readonly stage: TakeoverStage }
  /** It dies before its n-th datagram from now on. */
  | { readonly at: number; readonly fault: 'crash in sending'; readonly who: Role; readonly sends: number }
  /** Said to have failed, and killed some time after. */
  | { readonly at: number; readonly fault: 'slow kill'; readonly who: Role; readonly duration: number }
  /** A stopped process; a program that waits inside an operation, while its process goes on reading. */
  | { readonly at: number; readonly fault: 'stall' | 'busy'; readonly who: Role; readonly duration: number }
  | { readonly at: number; readonly fault: 'clock jump'; readonly who: Role; readonly duration: number }
  | {
      readonly at: number
      readonly fault: 'cut' | 'jam'
      readonly from: Role
      readonly to: Role
      readonly duration: number
    }
  /** No fault, but a primary goes: an operator wants another to lead. */
  | { readonly at: number; readonly fault: 'hand over' }
  /** Said to have failed, and alive; the console and what it says do not reach it for a while. */
  | { readonly at: number; readonly fault: 'false suspicion'; readonly who: Role; readonly duration: number }
  /** Gateway and console are lost together, and another host adopts the replicas after some silence. */
  | { readonly at: number; readonly fault: 'lose fronts'; readonly duration: number }
  | { readonly at: number; readonly fault: 'reset' | 'end' }

export type FaultName = Fault['fault']

/** All that a run is made of; a shorter plan with the same seed is a run of its own. */
export interface Plan {
  readonly seed: number
  readonly replicas: number
  readonly streams: number
  readonly requestBytes: number
  readonly eagerness: number
  /** How long faults go on, in steps of a millisecond. */
  readonly steps: number
  /** The program decides something by itself with this chance per step, in per mille. */
  readonly ticks: number
  readonly driftMax: number
  readonly commit: CommitMode
  readonly multicast: boolean
  readonly weather: Weather
  readonly limits: Partial<Limits>
  readonly faults: readonly Fault[]
}

const STEPS_MIN = 60
const STEPS_SPREAD = 240
const DRIFT_MAX = 500
const REPLICAS_ROLES: readonly Role[] = ['primary', 'first backup', 'last backup', 'newcomer']
const ENDS: readonly Role[] = [...REPLICAS_ROLES, 'gateway', 'gateway', 'console', 'all']
/** Who may die at one moment; the gateway and the primary only where that is promised to be survived. */
const TOGETHER: readonly (readonly Role[] | undefined)[] = [
  ['primary', 'first backup'],
  ['primary', 'gateway'],
  undefined,
  undefined,
  undefined,
]
const STAGES: readonly TakeoverStage[] = ['proposed', 'recovered', 'established']
const SENDS_MAX = 40
const DURATIONS: readonly number[] = [2_000, 8_000, 25_000, 80_000]
/** Short enough for many takeovers in a run, and in proportion to each other as the real ones are. */
const LIMITS: Partial<Limits> = { drainTimeout: 1_000_000, orphanTimeout: 4_000_000, retransmitDelayMax: 100_000 }
const RECOVERY_TIMEOUTS: readonly number[] = [15_000, 60_000, 1_000_000]
const ORDER_BYTES: readonly Partial<Limits>[] = [
  { orderBytesMax: 64, orderRepeatBytesMax: 0 },
  { orderBytesMax: 64, orderRepeatBytesMax: 16 },
  { orderBytesMax: 16_384, orderRepeatBytesMax: 256 },
]
const PAYLOAD_BYTES: readonly Partial<Limits>[] = [
  { payloadBytesMax: 64, flightBytesMax: 2_000 },
  { payloadBytesMax: 4_000, flightBytesMax: 131_072 },
  { payloadBytesMax: 33_000, flightBytesMax: 131_072 },
]
/** Steps between two faults of one kind, where the run has that kind at all. */
const SPACING: Readonly<Record<FaultName, number>> = {
  'crash': 50,
  'crash in takeover': 60,
  'crash in sending': 80,
  'slow kill': 100,
  'false suspicion': 120,
  'hand over': 100,
  'stall': 40,
  'busy': 60,
  'clock jump': 60,
  'cut': 30,
  'jam': 40,
  'reset': 40,
  'end': 40,
  'lose fronts': 120,
}
const KINDS = Object.keys(SPACING) as readonly FaultName[]
/** A run has each kind of fault with this chance: what is left out makes room for what is in. */
const KIND_CHANCE = 500

/** Draws which faults a run has, and when: each seed another mix (swarm testing). */
export function drawPlan(seed: number): Plan {
  const random = new SeededRandom(seed)
  const steps = STEPS_MIN + random.below(STEPS_SPREAD)
  const faults: Fault[] = []
  for (const kind of KINDS) {
    if (!random.chance(KIND_CHANCE)) continue
    let at = 1 + random.below(SPACING[kind])
    for (; at < steps; at += 1 + random.below(2 * SPACING[kind])) faults.push(drawFault(random, kind, at))
  }
  return {
    seed,
    replicas: 2 + random.below(3),
    streams: 1 + random.below(4),
    requestBytes: pick(random, [8, 8, 200, 3_000]),
    eagerness: pick(random, [50, 300, 1000]),
    steps,
    ticks: pick(random, [0, 100, 600]),
    driftMax: random.chance(KIND_CHANCE) ? DRIFT_MAX : 0,
    commit: pick(random, ['reflected', 'reflected', 'acknowledged']),
    multicast: random.chance(KIND_CHANCE / 2),
    weather: drawWeather(random),
    limits: drawLimits(random),
    faults: faults.toSorted((left, right) => left.at - right.at),
  }
}

/** Small limits make common what is rare: order that does not fit, answers in many parts, newcomers confirmed late. */
function drawLimits(random: SeededRandom): Partial<Limits> {
  return {
    ...LIMITS,
    recoveryTimeout: pick(random, RECOVERY_TIMEOUTS),
    // The second never near the first, or entries that are repeated would leave no room for new ones.
    ...pick(random, ORDER_BYTES),
    ...pick(random, PAYLOAD_BYTES),
    supplyDatagramsMax: pick(random, [1, 8]),
    // Holds a request of any size, or the end of one would never be let in.
    receiveBytesMax: pick(random, [8_000, 33_554_432]),
    reorderMessagesMax: pick(random, [64, 1024]),
    nackCount: pick(random, [1, 3]),
    caughtUpLagMax: pick(random, [3, 100, 1_000]),
    idleOrderDelay: pick(random, [5_000, 10_000]),
    backupSilenceMax: pick(random, [60_000, 200_000, 5_000_000]),
    newcomerSilenceMax: pick(random, [300_000, 5_000_000]),
    backupLagMax: pick(random, [100_000, 10_000_000]),
  }
}

function drawWeather(random: SeededRandom): Weather {
  return {
    loss: random.chance(KIND_CHANCE) ? random.below(300) : 0,
    duplication: random.chance(KIND_CHANCE) ? random.below(500) : 0,
    delayMin: CALM.delayMin,
    delaySpread: pick(random, [20, 200, 2_000]),
    spike: random.chance(KIND_CHANCE) ? random.below(100) : 0,
    spikeFactor: pick(random, [10, 100]),
    // Slow enough that queues form, fast enough that what a run has to say gets through.
    ...pick(random, [{}, {}, { bandwidth: 2_000 }, { bandwidth: 20_000 }]),
  }
}

function drawFault(random: SeededRandom, fault: FaultName, at: number): Fault {
  const duration = pick(random, DURATIONS)
  switch (fault) {
    case 'crash':
      return { at, fault, who: pick(random, TOGETHER) ?? [drawVictim(random)] }
    case 'crash in takeover':
      return { at, fault, stage: pick(random, STAGES) }
    case 'crash in sending':
      return { at, fault, who: pick(random, REPLICAS_ROLES), sends: 1 + random.below(SENDS_MAX) }
    case 'busy':
    case 'false suspicion':
    case 'slow kill':
      return { at, fault, who: pick(random, REPLICAS_ROLES), duration }
    case 'stall':
      return { at, fault, who: pick(random, [...REPLICAS_ROLES, 'gateway']), duration }
    case 'clock jump':
      return {
        at,
        fault,
        who: pick(random, [...REPLICAS_ROLES, 'gateway']),
        duration: duration * pick(random, [1, 100]),
      }
    case 'lose fronts':
      return { at, fault, duration }
    case 'cut':
    case 'jam':
      return { at, fault, from: pick(random, ENDS), to: pick(random, ENDS), duration }
    default:
      return { at, fault }
  }
}

function drawVictim(random: SeededRandom): Role {
  return pick(random, ['primary', 'primary', 'first backup', 'last backup', 'newcomer', 'gateway'])
}

function pick<T>(random: SeededRandom, choices: readonly T[]): T {
  return choices[random.below(choices.length)] as T
}
