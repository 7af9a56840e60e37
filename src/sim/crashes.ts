import { Cluster } from './cluster.js'
import type { Weather } from './network.js'

const STEP = 1_000
const STEPS_MAX = 4_000
/** Clients and timers go on for so long at least, so that something happens in every run. */
const STEPS_MIN = 50
const TICK_EVERY = 7
/** Nothing is killed before the group has told its peers that it exists. */
const CALM_STEPS = 3
const STABILISATION_STEPS = 40
export const ROUGH: Weather = { loss: 30, duplication: 30, delayMin: 30, delaySpread: 200, spike: 50 }

/** What a run has shown. */
export interface Outcome {
  readonly violations: readonly string[]
  readonly answered: boolean
  readonly takeovers: number
  readonly compared: number
  readonly datagrams: number
  readonly fingerprint: number
}

/** Drives clients and timers until every request is answered, or virtual time runs out. */
export function drive(cluster: Cluster, during: (step: number) => void = () => {}): void {
  for (let step = 0; step < STEPS_MAX && !(cluster.clients.done && step > STEPS_MIN); step++) {
    cluster.pump()
    if (step % TICK_EVERY === 0) cluster.tick()
    during(step)
    cluster.world.run(cluster.world.now + STEP)
  }
}

/**
 * Crashes at random moments on a network that loses, repeats and reorders. One caught-up member always survives, and a
 * gateway and a primary never die within one stabilisation time, which is more than is promised (protocol.md 5.9).
 */
export function crashes(seed: number, multicast?: 'carried' | 'dropped'): Outcome {
  const cluster = new Cluster({
    seed,
    replicas: 3,
    streams: 4,
    requestsPerStream: 120,
    multicast: multicast !== undefined,
  })
  cluster.network.weather = ROUGH
  cluster.network.dropsMulticast = multicast === 'dropped'
  let primaryFrom = CALM_STEPS
  let gatewayFrom = CALM_STEPS
  drive(cluster, (step) => {
    const { random } = cluster.world
    const { primary, caughtUp, backups } = cluster
    if (step > primaryFrom && random.chance(12) && caughtUp >= 2 && primary !== undefined) {
      cluster.crash(primary, true)
      gatewayFrom = step + STABILISATION_STEPS
    } else if (random.chance(8) && caughtUp >= 3 && backups[0] !== undefined) cluster.crash(backups[0], true)
    else if (step > gatewayFrom && random.chance(3)) {
      cluster.crashGateway()
      primaryFrom = step + STABILISATION_STEPS
    }
  })
  return {
    violations: cluster.violations,
    answered: cluster.clients.done,
    takeovers: cluster.takeovers,
    compared: cluster.compared,
    datagrams: cluster.network.delivered,
    fingerprint: cluster.fingerprint,
  }
}
