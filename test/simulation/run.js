// npm run sim [-- --seed S] [--runs N] [--seconds T]: swarm testing, one run per seed; each twentieth is run twice and
// compared. Without a seed: the fixed seeds, then random ones until the time is over. A run that fails is shrunk and
// told.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { drawPlan, MILESTONES, runPlan, shrink } from '../../dist/sim/index.js'

const FIXED_SEEDS = 300
const SECONDS = 60
const TWICE_EVERY = 20
const TRACE_LINES_MAX = 120
const EVENTS_MAX = 60
const FAILURES_TOLD_MAX = 3

const number = { type: 'string' }
const { values } = parseArgs({ options: { seed: number, runs: number, seconds: number } })
const seconds = Number(values.seconds ?? SECONDS)
const first = Number(values.seed ?? 0)
const runs = Number(values.runs ?? (values.seed === undefined ? FIXED_SEEDS : 1))
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1 || !(seconds > 0)) {
  console.error('usage: npm run sim -- [--seed <whole number>] [--runs <whole number>] [--seconds <number>]')
  process.exit(2)
}
const open = values.seed === undefined && values.runs === undefined
const started = performance.now()
const spent = () => (performance.now() - started) / 1000

/** @type {Record<string, number>} */
const reached = {}
/** @type {Record<string, number>} */
const faults = {}
const sum = { virtualTime: 0, takeovers: 0, datagrams: 0, lost: 0, compared: 0, answered: 0, exceeded: 0 }
let done = 0
let failed = 0

function add(into, counts) {
  for (const [name, count] of Object.entries(counts)) into[name] = (into[name] ?? 0) + count
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'unknown'
  }
}

function tell(seed, violations) {
  console.log(`seed ${seed} at commit ${commit()}: ${violations.slice(0, 3).join('; ')}`)
  console.log(`  again: npm run sim -- --seed ${seed}`)
  if (failed > FAILURES_TOLD_MAX || violations[0].startsWith('L8')) return
  const plan = shrink(drawPlan(seed), violations[0].slice(0, 2))
  const { trace, violations: shortest } = runPlan(plan, true)
  console.log(`  shrunk: ${JSON.stringify(plan)}`)
  console.log(`  which breaks ${shortest[0]}; what happened (microseconds):`)
  const events = trace.filter((line) => !line.includes(' > ')).slice(-EVENTS_MAX)
  for (const line of events) console.log(`    ${line}`)
  console.log('  its end, datagrams included:')
  for (const line of trace.slice(-TRACE_LINES_MAX)) console.log(`    ${line}`)
}

function one(seed) {
  const outcome = runPlan(drawPlan(seed))
  const violations = [...outcome.violations]
  if (seed % TWICE_EVERY === 0 && runPlan(drawPlan(seed)).fingerprint !== outcome.fingerprint) {
    violations.push('L8: two runs of one seed differ')
  }
  done++
  add(reached, outcome.reached)
  add(faults, outcome.faults)
  for (const name of Object.keys(sum)) sum[name] += Number(outcome[name])
  if (violations.length === 0) return
  failed++
  tell(seed, violations)
}

for (let seed = first; seed < first + runs; seed++) one(seed)
if (open) while (spent() < seconds) one(FIXED_SEEDS + Math.floor(Math.random() * 1e9))

const virtual = sum.virtualTime / 1e6
console.log(
  `${done} runs: ${done - failed} clean, ${failed} failed; ${sum.takeovers} takeovers, ${sum.answered} answers`,
)
console.log(
  `  ${virtual.toFixed(1)} s of virtual time in ${spent().toFixed(1)} s: ${(virtual / spent()).toFixed(2)} per second`,
)
console.log(`  ${sum.datagrams} datagrams arrived, ${sum.lost} were lost, ${sum.compared} digests compared`)
console.log(`  ${sum.exceeded} runs ended early: they lost more than is promised to be survived`)
console.log(
  `  faults: ${Object.entries(faults)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}`,
)
console.log('  rare paths:')
for (const milestone of MILESTONES) console.log(`    ${String(reached[milestone] ?? 0).padStart(7)} ${milestone}`)
const missed = MILESTONES.filter((milestone) => reached[milestone] === undefined)
if (done >= FIXED_SEEDS && missed.length > 0) console.log(`  never reached: ${missed.join('; ')}`)
process.exitCode = failed === 0 && (done < FIXED_SEEDS || missed.length === 0) ? 0 : 1
