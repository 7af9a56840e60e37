// What clients see of a takeover: of a primary that is killed, of a host that falls silent, of a planned switch; and
// whether a busy machine is taken for a dead one.
//   node bench/takeover.js [--kills n] [--switches n] [--hosts n] [--busy-minutes n] [--json]
// Host loss needs root and iproute2: each host is a network namespace.
import { parseArgs } from 'node:util'
import { busy } from './takeover/busy.js'
import { hostLosses } from './takeover/hosts.js'
import { kills, switches } from './takeover/local.js'
import { median, show } from './table.js'

const { values } = parseArgs({
  options: {
    'kills': { type: 'string', default: '20' },
    'switches': { type: 'string', default: '20' },
    'hosts': { type: 'string', default: '5' },
    'busy-minutes': { type: 'string', default: '0' },
    'json': { type: 'boolean', default: false },
  },
})

function count(name) {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} is a whole number from 0 on`)
  return process.exit(2)
}

const wanted = { kills: count('kills'), switches: count('switches'), hosts: count('hosts') }
const minutes = count('busy-minutes')

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

function summary(name, numbers) {
  const sorted = numbers.toSorted((left, right) => left - right)
  return { name, times: sorted.length, median: median(sorted), p99: at(sorted, 0.99), longest: sorted.at(-1) }
}

/** Each trial is `{ gapMs, quietGapMs, phases }`; the takeover's own part is from the proposal to the first message. */
function rows(what, trials) {
  if (trials.length === 0) return []
  const phases = trials.flatMap((trial) => trial.phases ?? [])
  const own = phases.map(({ proposalMs, recoveryMs, resumedMs }) => proposalMs + recoveryMs + (resumedMs ?? 0))
  return [
    summary(
      `${what}: longest time without an answer`,
      trials.map(({ gapMs }) => gapMs),
    ),
    summary(
      `${what}: the same just before`,
      trials.map(({ quietGapMs }) => quietGapMs),
    ),
    ...(own.length > 0 ? [summary(`${what}: the takeover's own part`, own)] : []),
  ]
}

const trials = {
  kill: await kills(wanted.kills),
  switch: await switches(wanted.switches),
  host: await hostLosses(wanted.hosts),
}
const falsely = minutes > 0 ? await busy(minutes) : undefined
if (values.json) console.log(JSON.stringify({ trials, falsely }))
else {
  const table = Object.entries(trials).flatMap(([what, found]) => rows(what, found))
  if (table.length > 0) show('milliseconds', table)
  if (falsely !== undefined) console.log(`${falsely} false suspicions in ${minutes} minutes with all cores busy`)
}
