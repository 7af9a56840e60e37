// What the protocol itself costs: core and codec without sockets, processes or JavaScript programs.
//   node bench/core.js [--part cost|allocation|simulation|loss]... [--rounds n] [--against folder] [--quick] [--json]
// Each part runs in a process of its own, `--rounds` times; medians are shown. With `--against` another build (its
// `dist` folder) has its turns in between, and the ratios of each round are shown too: both had the same machine.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { combine, median, show } from './table.js'

const PARTS = {
  cost: {
    title: 'microseconds of processor time per message, core and codec; a request and its answer are two messages',
    flags: ['--single-threaded'],
  },
  allocation: {
    title: 'bytes allocated per message, core and codec',
    flags: ['--single-threaded', '--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512'],
  },
  simulation: { title: 'simulated time, in seconds of processor time', flags: [] },
  loss: { title: 'requests per simulated second on a gigabit of which 1 % is lost', flags: [] },
}
const OWN = fileURLToPath(new URL('../dist', import.meta.url))
const SCRIPT = fileURLToPath(new URL('core/part.js', import.meta.url))
const TIME_LIMIT_MS = 600_000

const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    against: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const parts = values.part ?? Object.keys(PARTS)
const rounds = Number(values.rounds)
if (!parts.every((part) => part in PARTS) || !Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(`--part is one of ${Object.keys(PARTS).join(', ')}; --rounds is a whole number from 1 on`)
  process.exit(2)
}

function run(part, build) {
  const args = [...PARTS[part].flags, SCRIPT, part, build, `${values.quick}`]
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIME_LIMIT_MS,
  })
  if (status === 0) return JSON.parse(stdout)
  throw new Error(`${part} of ${build} could not be measured`)
}

function measure(part) {
  const [own, other] = [[], []]
  for (let round = 0; round < rounds; round++) {
    own.push(run(part, OWN))
    if (values.against !== undefined) other.push(run(part, resolve(values.against)))
  }
  const figures = combine(own, median)
  if (other.length === 0) return { figures }
  const ratios = own.map((table, round) => combine([table, other[round]], ([mine, theirs]) => mine / theirs))
  return { figures, ratios: combine(ratios, median) }
}

const results = {}
for (const part of parts) {
  results[part] = measure(part)
  if (values.json) continue
  show(PARTS[part].title, results[part].figures)
  if (results[part].ratios !== undefined) show(`the same, times that of ${values.against}`, results[part].ratios)
}
if (values.json) console.log(JSON.stringify(results))
