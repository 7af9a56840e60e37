import { CALM } from './network.js'
import type { Plan } from './plan.js'
import { runPlan } from './swarm.js'

/** Runs that shrinking may cost. */
const ATTEMPTS_MAX = 150

/** A plan with less in it that still breaks the same law: the shortest that a bounded search finds. */
export function shrink(plan: Plan, law: string): Plan {
  let shortest = plan
  let left = ATTEMPTS_MAX
  const fails = (candidate: Plan): boolean => left-- > 0 && runPlan(candidate).violations[0]?.slice(0, 2) === law
  for (;;) {
    const before = shortest
    for (const candidate of simpler(shortest)) if (fails(candidate)) shortest = candidate
    shortest = withFewerFaults(shortest, fails)
    if (shortest === before) return shortest
  }
}

/** Halves of the faults first, then quarters, down to single ones. */
function withFewerFaults(plan: Plan, fails: (candidate: Plan) => boolean): Plan {
  let shortest = plan
  for (let size = Math.ceil(plan.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.faults.length;) {
      const candidate = { ...shortest, faults: shortest.faults.toSpliced(at, size) }
      if (fails(candidate)) shortest = candidate
      else at += size
    }
  }
  return shortest
}

/** Each is `plan` with one thing less. */
function simpler(plan: Plan): readonly Plan[] {
  const { weather, steps } = plan
  const plans: Plan[] = []
  if (plan.streams > 1) plans.push({ ...plan, streams: 1 })
  if (plan.replicas > 2) plans.push({ ...plan, replicas: plan.replicas - 1 })
  if (weather.loss > 0) plans.push({ ...plan, weather: { ...weather, loss: 0 } })
  if (weather.duplication > 0) plans.push({ ...plan, weather: { ...weather, duplication: 0 } })
  if (weather.spike > 0) plans.push({ ...plan, weather: { ...weather, spike: 0 } })
  if (weather.delaySpread !== CALM.delaySpread) plans.push({ ...plan, weather: { ...weather, delaySpread: 20 } })
  if (plan.ticks > 0) plans.push({ ...plan, ticks: 0 })
  if (plan.driftMax > 0) plans.push({ ...plan, driftMax: 0 })
  if (plan.multicast) plans.push({ ...plan, multicast: false })
  if (plan.commit === 'acknowledged') plans.push({ ...plan, commit: 'reflected' })
  if (weather.bandwidth !== undefined) {
    const { bandwidth: _, ...rest } = weather
    plans.push({ ...plan, weather: rest })
  }
  if (steps > 1) plans.push({ ...plan, steps: Math.ceil(steps / 2) }, { ...plan, steps: Math.ceil((3 * steps) / 4) })
  return plans
}
