import { defineConfig } from 'vitest/config'

/** Long enough for a loaded machine with two cores; a test that hangs still ends the same minute. */
const TEST_TIMEOUT_MS = 60_000
/** Soak-like suites kill dozens of primaries in one test. */
const SLOW_TEST_TIMEOUT_MS = 600_000

/** Packages that suites install for themselves bring tests of their own. */
const OTHERS = '**/node_modules/**'

/** What `npm test` shows with real processes: the whole way, in the ten minutes that somebody waits for it. */
const FIRST: readonly string[] = [
  'children',
  'crash-point',
  'divergence',
  'egress',
  'egress-tls',
  'examples',
  'gateway',
  'guests',
  'history',
  'lifecycle',
  'loaders',
  'reflection',
].map((name) => `test/e2e/${name}.test.ts`)

/** Network namespaces as hosts: most of their time is waiting for a silence. */
const HOSTS = 'test/e2e/**/hosts*.test.ts'

const report = process.env['VITEST_REPORT']

/**
 * Lanes, one after the other: what runs inside the test's own process, two files at a time; real processes, one file at
 * a time, because every one of them starts five; the slow suites, which `npm test` leaves out, and of them those with
 * several hosts, and the swarm, whose time is all simulated; and the soak, which only says more of what the others have said, and which `.ci/run` has
 * no time for.
 */
export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [OTHERS, 'test/e2e/**', 'test/**/slow/**', 'test/**/soak/**'],
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: [...FIRST],
          exclude: [OTHERS],
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [OTHERS, ...FIRST, HOSTS, 'test/**/soak/**'],
          maxConcurrency: 2,
          testTimeout: SLOW_TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'hosts',
          include: [HOSTS],
          exclude: [OTHERS, 'test/**/soak/**'],
          testTimeout: SLOW_TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'swarm',
          include: ['test/*/slow/**/*.test.ts'],
          exclude: [OTHERS, 'test/e2e/**'],
          testTimeout: SLOW_TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: 'soak',
          include: ['test/**/soak/**/*.test.ts'],
          exclude: [OTHERS],
          testTimeout: SLOW_TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
          fileParallelism: false,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
})
