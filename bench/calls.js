// What it costs a program to run under LLFT: as one replica, with nobody to replicate to, and as two; beside plain
// Node.
//   node bench/calls.js [--rounds n] [--only calls|requests] [--quick] [--json]
// The three have their turns one after the other, `--rounds` times; medians are shown, and of ratios those within a
// round.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { processorNs } from '../dist/bench/ground/proc.js'
import { doTimes, requests } from './calls/load.js'
import { startGroup, startPlain } from './subject.js'
import { combine, median, show } from './table.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('--rounds is a whole number from 1 on')
  process.exit(2)
}

const FAST = values.quick ? 2_000 : 20_000
const SLOW = values.quick ? 200 : 2_000
const REQUESTS_MS = values.quick ? 500 : 4_000
const COUNTS = {
  'nothing': FAST,
  'Date.now': FAST,
  'new Date': FAST,
  'performance.now': FAST,
  'process.hrtime.bigint': FAST,
  'process.memoryUsage': SLOW,
  'Math.random': FAST,
  'crypto.randomUUID': FAST,
  'crypto.randomBytes': FAST,
  'crypto.getRandomValues': FAST,
  'crypto.createHash': FAST,
  'fs.statSync': SLOW,
  'fs.readFileSync': SLOW,
  'process.nextTick': SLOW,
  'setImmediate': SLOW,
  'setTimeout': values.quick ? 100 : 1_000,
  'fs.readFile': SLOW,
  'dns.lookup': SLOW,
  'zlib.deflate': SLOW,
  'crypto.pbkdf2': SLOW,
}
const WAYS = {
  plain: startPlain,
  alone: (program) => startGroup(program, 1),
  pair: (program) => startGroup(program, 2),
}

/** Processor time and bytes kept for newcomers, per time that `work` says it was done. */
async function cost(subject, work) {
  const cpu = processorNs([subject.pid])
  const bytes = await subject.historyBytes()
  const startedAt = performance.now()
  const times = await work()
  const seconds = (performance.now() - startedAt) / 1_000
  return {
    microseconds: (processorNs([subject.pid]) - cpu) / times / 1_000,
    bytes: ((await subject.historyBytes()) - bytes) / times,
    rate: times / seconds,
  }
}

async function costs(start, program, works) {
  const subject = await start(fileURLToPath(new URL(`calls/${program}`, import.meta.url)))
  try {
    const found = {}
    for (const [name, work] of Object.entries(works(subject.port))) {
      // The first turn compiles.
      await work()
      found[name] = await cost(subject, work)
    }
    return found
  } finally {
    await subject.stop()
  }
}

/** One round of all ways, as rows. */
async function round(program, works) {
  const found = {}
  for (const [way, start] of Object.entries(WAYS)) found[way] = await costs(start, program, works)
  return Object.entries(found.plain).map(([name, plain]) => ({
    name,
    plain,
    alone: found.alone[name],
    pair: found.pair[name],
  }))
}

async function callRound() {
  const works = (port) =>
    Object.fromEntries(Object.entries(COUNTS).map(([name, count]) => [name, () => doTimes(port, name, count)]))
  const rows = await round('program.cjs', works)
  return rows.map(({ name, plain, alone, pair }) => ({
    name,
    'plain us': plain.microseconds,
    'one replica us': alone.microseconds,
    'two us': pair.microseconds,
    'bytes kept': Math.max(0, pair.bytes),
  }))
}

async function requestRound() {
  const rows = []
  for (const program of ['http.cjs', 'express.cjs']) {
    rows.push(...(await round(program, (port) => ({ [program]: () => requests(port, REQUESTS_MS) }))))
  }
  return rows.map(({ name, plain, alone, pair }) => ({
    name,
    'plain us': plain.microseconds,
    'one replica, times that': alone.microseconds / plain.microseconds,
    'two, times that': pair.microseconds / plain.microseconds,
    'plain/s': plain.rate,
    'one/s': alone.rate,
    'two/s': pair.rate,
    'bytes kept': pair.bytes,
  }))
}

async function measure(table) {
  const tables = []
  for (let at = 0; at < rounds; at++) tables.push(await table())
  return combine(tables, median)
}

const TABLES = {
  calls: ['processor time of the program per call, and what is kept for newcomers', callRound],
  requests: ['processor time of the program per request on 16 connections', requestRound],
}
const wanted = values.only === undefined ? Object.keys(TABLES) : [values.only]
if (wanted.some((name) => TABLES[name] === undefined)) {
  console.error('--only is calls or requests')
  process.exit(2)
}
const results = {}
for (const name of wanted) {
  const [title, table] = TABLES[name]
  results[name] = await measure(table)
  if (!values.json) show(title, results[name])
}
if (values.json) console.log(JSON.stringify(results))
