// npm run sim [-- --seed S] [--runs N]: crashes on a lossy network, one run per seed; each tenth is run twice and
// compared.
import { parseArgs } from 'node:util'
import { crashes } from '../../dist/sim/index.js'

const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string' } } })
const first = Number(values.seed ?? Math.floor(Math.random() * 1e9))
const runs = Number(values.runs ?? (values.seed === undefined ? 500 : 1))
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1) {
  console.error('usage: npm run sim -- [--seed <whole number>] [--runs <whole number>]')
  process.exit(2)
}

const sum = { takeovers: 0, compared: 0, datagrams: 0 }
let failed = 0
for (let seed = first; seed < first + runs; seed++) {
  const outcome = crashes(seed)
  const wrong = outcome.violations.slice(0, 3)
  if (!outcome.answered) wrong.push('L5: a request was never answered')
  if (seed % 10 === 0 && crashes(seed).fingerprint !== outcome.fingerprint)
    wrong.push('L8: two runs of one seed differ')
  for (const name of Object.keys(sum)) sum[name] += outcome[name]
  if (wrong.length === 0) continue
  failed++
  console.log(`seed ${seed}: ${wrong.join('; ')}`)
  console.log(`  again: npm run sim -- --seed ${seed}`)
}
console.log(`${runs} runs from seed ${first}: ${runs - failed} clean, ${failed} failed`)
console.log(`  ${sum.takeovers} takeovers, ${sum.datagrams} datagrams, ${sum.compared} digests compared`)
process.exitCode = failed === 0 ? 0 : 1
