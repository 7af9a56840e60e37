// node test/explorer/run.js '{"replicas":3,"messages":1,"crashes":1}' [name of a rule to take out]
import { Explorer, SMALLEST } from '../../dist/sim/index.js'
import { MUTANTS } from './mutants.js'
import { openCore } from './open-core.js'

const [scope = '{}', name] = process.argv.slice(2)
const mutant = MUTANTS.find((each) => each.name === name)
if (name !== undefined && mutant === undefined) {
  console.error(`rules: ${MUTANTS.map((each) => each.name).join(', ')}`)
  process.exit(2)
}
const core = await openCore(mutant)
const startedAt = performance.now()
const report = new Explorer(core, { ...SMALLEST, ...mutant?.scope, ...JSON.parse(scope) }).run()
const seconds = (performance.now() - startedAt) / 1000
const { exhausted, states, depth, nodeStates, datagrams, steps, healed, finding } = report
const why = finding !== undefined ? 'broken' : exhausted ? 'exhausted' : 'limit reached'
console.log(`${why}: ${states} states, depth ${depth}, ${seconds.toFixed(1)} s`)
console.log(`  ${nodeStates} states of nodes, ${datagrams} datagrams, ${steps} steps of the core, ${healed} healed`)
if (finding !== undefined) {
  console.log(finding.broken)
  for (const [at, step] of finding.trace.entries()) console.log(`  ${at + 1}. ${step}`)
}
process.exitCode = finding === undefined ? 0 : 1
