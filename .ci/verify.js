// Everything that must hold before a change lands, step by step; `npm run verify`. What has been done already is named
// with --done (`.ci/run` has run `npm test` by then). The last line is the sum over the reports that vitest wrote.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
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

/** Of what the slow suites repeat: all of it does not fit into the time of `.ci/run`. */
const FEWER = { LLFT_TEST_KILLS: '3', LLFT_TEST_SENDS_STEP: '3' }

const STEPS = [
  { name: 'build', command: 'npm run build' },
  { name: 'lint', command: 'npm run lint' },
  { name: 'test', command: 'npm test', report: 'test.json' },
  { name: 'slow', command: 'npx vitest run --project slow', report: 'slow.json', env: FEWER },
  // What shows most of a version in little time; `node test/versions/run.js` alone runs all that depends on it.
  { name: 'versions', command: `node test/versions/run.js -- ${VERSION_FILES.join(' ')}` },
  // Guests from npm with as many protocols; `node test/guests/run.js` runs them all.
  { name: 'guests', command: 'node test/guests/run.js --ci' },
  { name: 'sim', command: 'node test/simulation/run.js --seconds 20' },
]

function run(step) {
  if (done.includes(step.name)) return true
  console.log(`\n== ${step.name}: ${step.command}`)
  const env = { ...process.env, ...step.env }
  if (step.report !== undefined) {
    rmSync(new URL(step.report, reports), { force: true })
    env.VITEST_REPORT = fileURLToPath(new URL(step.report, reports))
  }
  const startedAt = performance.now()
  const { status } = spawnSync(step.command, { cwd: root, env, shell: true, stdio: 'inherit' })
  console.log(
    `== ${step.name}: ${status === 0 ? 'ok' : 'FAILED'} in ${Math.round((performance.now() - startedAt) / 1000)} s`,
  )
  return status === 0
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
  ].map((text) => text.replace(root, '').slice(0, FAILURE_CHARS_MAX))
  return { passed, failed: passed + failed === 0 ? 1 : failed, skipped: pending + todo, names }
}

mkdirSync(reports, { recursive: true })
const sum = { passed: 0, failed: 0, skipped: 0 }
/** Said again at the end: of a long log often only that is kept. */
const failures = []
for (const step of STEPS) {
  const ok = run(step)
  if (step.report === undefined) {
    if (ok) continue
    sum.failed++
    failures.push(`step ${step.name}`)
    continue
  }
  const { passed, failed, skipped, names } = counts(step)
  sum.passed += passed
  sum.failed += failed === 0 && !ok ? 1 : failed
  sum.skipped += skipped
  failures.push(...names, ...(names.length === 0 && (failed > 0 || !ok) ? [`step ${step.name}`] : []))
}
for (const text of failures) console.log(`\nFAILED ${text}`)

// A suite skips itself where a tool is missing; .ci/run has installed the tools, so there a skip hides a hole.
const hole = sum.skipped > 0 && process.env.CI === 'true'
if (hole) console.log(`\n${sum.skipped} tests were skipped, which is not accepted with CI=true`)
console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`)
process.exitCode = sum.failed > 0 || sum.passed === 0 || hole ? 1 : 0
