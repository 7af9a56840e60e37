// Everything that must hold before a change lands, step by step; `npm run verify`. What has been done already is named
// with --done (`.ci/run` has run `npm test` by then). The last line is the sum over the reports that vitest wrote.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = new URL('../coverage/reports/', import.meta.url)
const done = process.argv
  .slice(2)
  .filter((word) => word.startsWith('--done='))
  .map((word) => word.slice('--done='.length))

/** What is said again of one failure. */
const FAILURE_CHARS_MAX = 1500

const VERSION_FILES = [
  'test/docs/determinism.test.ts',
  'test/interpose/conductor',
  'test/interpose/divergence.test.ts',
  'test/interpose/edge-sockets.test.ts',
  'test/e2e/start-up.test.ts',
  'test/e2e/loaders.test.ts',
]

/** Of what suites repeat: all of it does not fit into the time of `.ci/run`. */
const FEWER = { LLFT_TEST_SENDS_STEP: '5', LLFT_TEST_FIELD: 'briefly' }
/** The installed version has had every read of start-up. */
const FEWER_READS = { LLFT_TEST_READS_STEP: '5' }

/** One after the other; those in a list at the same time, since neither of them needs both processors throughout. */
const STEPS = [
  { name: 'build', command: 'npm run build' },
  { name: 'lint', command: 'npm run lint' },
  { name: 'test', command: 'npm test', report: 'test.json' },
  { name: 'slow', command: 'npx vitest run --project slow --project hosts', report: 'slow.json', env: FEWER },
  [
    // What shows most of a version in little time, between the installed one and the newest;
    // `node test/versions/run.js` alone runs all that depends on it, on all of them.
    { name: 'versions', command: `node test/versions/run.js 22 26 -- ${VERSION_FILES.join(' ')}`, env: FEWER_READS },
    { name: 'swarm', command: 'npx vitest run --project swarm', report: 'swarm.json' },
  ],
  [
    // Guests from npm with as many protocols; `node test/guests/run.js` runs them all.
    { name: 'guests', command: 'node test/guests/run.js --ci' },
    { name: 'sim', command: 'node test/simulation/run.js --seconds 20' },
  ],
].map((step) => (Array.isArray(step) ? step : [step]))

/** What a failed step has said that looks like a reason; only the end of a long log is kept. */
const REASONS_MAX = 12
const REASON = /\bFAIL\b|\bfailed\b|Error:|[×✖]/
const times = []

async function run(step) {
  if (done.includes(step.name)) return { ok: true, reasons: [] }
  console.log(`\n== ${step.name}: ${step.command}`)
  const env = { ...process.env, ...step.env }
  if (step.report !== undefined) {
    rmSync(new URL(step.report, reports), { force: true })
    env.VITEST_REPORT = fileURLToPath(new URL(step.report, reports))
  }
  const startedAt = performance.now()
  const child = spawn(step.command, { cwd: root, env, shell: true, stdio: ['inherit', 'pipe', 'inherit'] })
  const reasons = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(line)
    if (REASON.test(line)) reasons.push(line.trim().slice(0, FAILURE_CHARS_MAX))
    if (reasons.length > REASONS_MAX) reasons.shift()
  })
  const [status] = await once(child, 'close')
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  times.push(`${step.name} ${seconds} s`)
  console.log(`== ${step.name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`)
  return { ok: status === 0, reasons }
}

/** What was expected is often said last. */
function brief(text) {
  if (text.length <= FAILURE_CHARS_MAX) return text
  return `${text.slice(0, FAILURE_CHARS_MAX / 2)} [...] ${text.slice(-FAILURE_CHARS_MAX / 2)}`
}

/** A report that is missing, unreadable or empty is a failure: a suite that did not run has not passed. */
function counts(step) {
  const file = new URL(step.report, reports)
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, names: [`${step.report} was not written`] }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const { numPassedTests: passed, numPendingTests: pending, numTodoTests: todo } = report
  const filesFailed = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  )
  const failed = report.numFailedTests + filesFailed.length
  const names = [
    ...filesFailed.map(({ name, message }) => `${name}: ${message}`),
    ...report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => `${name}: ${fullName}: ${failureMessages.join(' ')}`),
    ),
  ].map((text) => brief(text.replace(root, '')))
  return { passed, failed: passed + failed === 0 ? 1 : failed, skipped: pending + todo, names }
}

mkdirSync(reports, { recursive: true })
const sum = { passed: 0, failed: 0, skipped: 0 }
/** Said again at the end: of a long log often only that is kept. */
const failures = []
function judge(step, { ok, reasons }) {
  if (step.report === undefined) {
    if (ok) return
    sum.failed++
    failures.push([`step ${step.name}`, ...reasons].join('\n'))
    return
  }
  const { passed, failed, skipped, names } = counts(step)
  sum.passed += passed
  sum.failed += failed === 0 && !ok ? 1 : failed
  sum.skipped += skipped
  failures.push(...names, ...(names.length === 0 && (failed > 0 || !ok) ? [`step ${step.name}`] : []))
}

for (const steps of STEPS) {
  const results = await Promise.all(steps.map(run))
  for (const [at, step] of steps.entries()) judge(step, results[at])
}
for (const text of failures) console.log(`\nFAILED ${text}`)
console.log(`\n${times.join(', ')}`)

// A suite skips itself where a tool is missing; .ci/run has installed the tools, so there a skip hides a hole.
const hole = sum.skipped > 0 && process.env.CI === 'true'
if (hole) console.log(`\n${sum.skipped} tests were skipped, which is not accepted with CI=true`)
console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`)
process.exitCode = sum.failed > 0 || sum.passed === 0 || hole ? 1 : 0
