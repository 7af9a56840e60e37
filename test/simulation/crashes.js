// Crashes of replicas and gateways on a lossy network: the faults that are promised to be masked now. `npm run verify`
// runs it; `npm run sim` goes further, draws more kinds of faults, and knows of some that are still open.
import { crashes } from '../../dist/sim/index.js'

const RUNS = 600
const first = Number(process.argv[2] ?? Math.floor(Math.random() * 1e9))
const runs = process.argv[2] === undefined ? RUNS : 1

let failed = 0
let takeovers = 0
for (let seed = first; seed < first + runs; seed++) {
  const outcome = crashes(seed)
  const wrong = outcome.violations.slice(0, 3)
  if (!outcome.answered) wrong.push('L5: a request was never answered')
  takeovers += outcome.takeovers
  if (wrong.length === 0) continue
  failed++
  console.log(`seed ${seed}: ${wrong.join('; ')}`)
  console.log(`  again: node test/simulation/crashes.js ${seed}`)
}
console.log(`${runs} runs from seed ${first}: ${runs - failed} clean, ${failed} failed, ${takeovers} takeovers`)
process.exitCode = failed === 0 ? 0 : 1
