import { llftError, nearest } from '../errors/index.js'
import { BODY_BYTES, PROTOCOLS } from '../load/index.js'
import type { Protocol } from '../load/index.js'
import { parseAssertion } from './assertions.js'
import type { Assertion } from './assertions.js'
import { FAULTS, SWEEPS } from './results.js'
import type { BenchName, FaultName, SweepName } from './results.js'
import { FIELD, QUICK_FAILOVER, SCALED, USUAL } from './systems/field.js'

/** Everything that `llft bench` can be told, validated once. */
export interface BenchOptions {
  readonly bench: BenchName
  readonly systems: readonly string[]
  readonly protocol: Protocol
  readonly connections: readonly number[]
  readonly bodyBytes: number
  /** Requests per second of an open loop; undefined for a closed one. */
  readonly rate: number | undefined
  readonly rounds: number
  readonly stretchMs: number
  readonly faults: readonly FaultName[]
  readonly sweeps: readonly SweepName[]
  readonly seed: number
  readonly quick: boolean
  readonly timeLimitS: number
  readonly assertions: readonly Assertion[]
  readonly html: string | undefined
  readonly json: boolean
}

export type BenchOption =
  | 'systems'
  | 'protocol'
  | 'connections'
  | 'size'
  | 'rate'
  | 'rounds'
  | 'stretch'
  | 'faults'
  | 'sweep'
  | 'seed'
  | 'timeLimit'
  | 'assert'
  | 'html'

interface BenchOptionSpelling {
  readonly flag: `--${string}`
  readonly placeholder: string
  readonly help: string
  readonly benches: readonly BenchName[]
}

const ALL: readonly BenchName[] = ['latency', 'throughput', 'failover', 'scale']

/** The command line and its help are made from this table alone. */
export const BENCH_OPTIONS: Readonly<Record<BenchOption, BenchOptionSpelling>> = {
  systems: option('--systems <name,...>', `what is measured: ${FIELD.map(({ name }) => name).join(', ')}`),
  protocol: option('--protocol <name>', 'how requests travel: tcp, http or websocket (default tcp)'),
  connections: option('--connections <n,...>', 'client connections', ['latency', 'throughput', 'failover']),
  size: option('--size <bytes>', 'of a request, and of its answer (default 64)'),
  rate: option('--rate <per second>', 'requests come at this rate, answered or not; without it, one after the other', [
    'latency',
    'failover',
  ]),
  rounds: option('--rounds <n>', 'how often each system has its turn'),
  stretch: option('--stretch <ms>', 'how long a turn takes', ['latency', 'throughput', 'scale']),
  faults: option('--faults <name,...>', 'what happens to the leader: kill, cut, stop (default all)', ['failover']),
  sweep: option('--sweep <name,...>', 'what is varied: replicas, size, connections, calls (default all)', ['scale']),
  seed: option('--seed <n>', 'of the arrivals of an open loop', ['latency', 'throughput', 'failover']),
  timeLimit: option('--time-limit <s>', 'the run ends after so many seconds, whatever happens (default 3600)'),
  assert: option('--assert <what>', "ends with 8 when it does not hold, as 'p99<50ms'; may be given several times"),
  html: option('--html <file>', 'writes a report with plots into one file'),
}

/** What was typed: every value of every option, in order. */
export interface BenchInput {
  readonly flags: Readonly<Partial<Record<BenchOption, readonly string[]>>>
  readonly json: boolean
  readonly quick: boolean
}

interface Bounds {
  readonly min: number
  readonly max: number
}

const BOUNDS = {
  // Each connection takes a file here and in the program, and ports of one address end at 65,535.
  connections: { min: 1, max: 20_000 },
  size: BODY_BYTES,
  // Above that the generator, one process, would measure itself.
  rate: { min: 1, max: 200_000 },
  rounds: { min: 1, max: 1000 },
  stretch: { min: 20, max: 600_000 },
  seed: { min: 0, max: 2 ** 53 - 1 },
  timeLimit: { min: 1, max: 86_400 },
} as const satisfies Partial<Record<BenchOption, Bounds>>

type NumberName = keyof typeof BOUNDS

/** Raises an `LlftError` for what cannot be used. `seed`: where none is given. */
export function resolveBenchOptions(bench: BenchName, input: BenchInput, seed: number): BenchOptions {
  const { quick, json, flags } = input
  const usual = USUAL_TERMS[bench](quick)
  return Object.freeze<BenchOptions>({
    bench,
    quick,
    json,
    systems:
      namesOf(
        flags,
        'systems',
        FIELD.map(({ name }) => name),
      ) ?? usual.systems,
    protocol: namesOf(flags, 'protocol', PROTOCOLS)?.at(-1) ?? 'tcp',
    connections: numbersOf(flags, 'connections') ?? usual.connections,
    bodyBytes: numberOf(flags, 'size') ?? 64,
    rate: numberOf(flags, 'rate') ?? usual.rate,
    rounds: numberOf(flags, 'rounds') ?? usual.rounds,
    stretchMs: numberOf(flags, 'stretch') ?? usual.stretchMs,
    faults: namesOf(flags, 'faults', FAULTS) ?? FAULTS,
    sweeps: namesOf(flags, 'sweep', SWEEPS) ?? SWEEPS,
    seed: numberOf(flags, 'seed') ?? seed,
    timeLimitS: numberOf(flags, 'timeLimit') ?? 3600,
    assertions: (flags.assert ?? []).map(parseAssertion),
    html: flags.html?.at(-1),
  })
}

type Usual = Pick<BenchOptions, 'systems' | 'connections' | 'rate' | 'rounds' | 'stretchMs'>

const USUAL_TERMS: Readonly<Record<BenchName, (quick: boolean) => Usual>> = {
  latency: (quick) =>
    terms(USUAL, [1, 16, 256], quick ? { rounds: 3, stretchMs: 200 } : { rounds: 15, stretchMs: 800 }),
  throughput: (quick) => terms(USUAL, [16], quick ? { rounds: 1, stretchMs: 300 } : { rounds: 3, stretchMs: 1000 }),
  failover: (quick) => ({
    ...terms(quick ? QUICK_FAILOVER : USUAL, [4], quick ? { rounds: 4, stretchMs: 0 } : { rounds: 20, stretchMs: 0 }),
    rate: 1000,
  }),
  scale: (quick) => terms(SCALED, [4], quick ? { rounds: 2, stretchMs: 250 } : { rounds: 8, stretchMs: 800 }),
}

function terms(
  systems: readonly string[],
  connections: readonly number[],
  { rounds, stretchMs }: { readonly rounds: number; readonly stretchMs: number },
): Usual {
  return { systems, connections, rate: undefined, rounds, stretchMs }
}

type Flags = BenchInput['flags']

function numberOf(flags: Flags, name: NumberName): number | undefined {
  const text = flags[name]?.at(-1)
  return text === undefined ? undefined : wholeNumber(text, name)
}

function numbersOf(flags: Flags, name: NumberName): readonly number[] | undefined {
  const text = flags[name]?.at(-1)
  return text?.split(',').map((one) => wholeNumber(one.trim(), name))
}

function wholeNumber(text: string, name: NumberName): number {
  const { min, max } = BOUNDS[name]
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  const origin = BENCH_OPTIONS[name].flag
  throw llftError('LLFT_E_USAGE_BENCH_NUMBER', { origin, value: text, min, max })
}

function namesOf<Name extends string>(
  flags: Flags,
  name: BenchOption,
  known: readonly Name[],
): readonly Name[] | undefined {
  const text = flags[name]?.at(-1)
  if (text === undefined) return undefined
  const names = text.split(',').map((one) => {
    const value = one.trim()
    const found = known.find((name) => name === value)
    if (found !== undefined) return found
    const { flag: origin } = BENCH_OPTIONS[name]
    const suggestion = nearest(value, known) ?? known[0] ?? ''
    throw llftError('LLFT_E_USAGE_BENCH_NAME', { origin, value, known: known.join(', '), suggestion })
  })
  return [...new Set(names)]
}

function option(spelling: string, help: string, benches: readonly BenchName[] = ALL): BenchOptionSpelling {
  const [flag = '', ...placeholder] = spelling.split(' ')
  return { flag: flag as `--${string}`, placeholder: placeholder.join(' '), help, benches }
}
