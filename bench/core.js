// What the protocol itself costs: core and codec without sockets, processes or JavaScript programs.
//   node bench/core.js [--part cost|allocation|simulation|loss]... [--rounds n] [--against folder] [--quick] [--json]
// Each part runs in a process of its own, `--rounds` times; medians are shown. With `--against` another build (its
// `dist` folder) has its turns in between, and the ratios of each round are shown too: both had the same machine.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

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

function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right)
  return (sorted[sorted.length >> 1] + sorted[(sorted.length - 1) >> 1]) / 2
}

/** Row by row and column by column, of tables that differ in their figures alone. */
function combine(tables, figure) {
  return tables[0].map((row, at) => {
    const columns = Object.keys(row).filter((column) => column !== 'name')
    const figures = columns.map((column) => {
      const values = tables.map((table) => table[at][column])
      return [column, values.includes(null) ? null : figure(values)]
    })
    return { name: row.name, ...Object.fromEntries(figures) }
  })
}

/** Three digits that count, or all before the point. */
function digits(value) {
  if (value === null) return '-'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

function show(title, rows) {
  const columns = Object.keys(rows[0])
  const cell = (row, column) => (column === 'name' ? row.name : digits(row[column]))
  const lines = [
    columns.map((column) => (column === 'name' ? '' : column)),
    ...rows.map((row) => columns.map((column) => cell(row, column))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  const text = lines.map((line) =>
    line.map((word, at) => (at === 0 ? word.padEnd(widths[at]) : word.padStart(widths[at]))),
  )
  console.log(`${title}\n${text.map((words) => `  ${words.join('  ')}`).join('\n')}\n`)
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
