import { writeFileSync } from 'node:fs'
import { llftError } from '../errors/index.js'
import { isRight, wrongsIn } from '../load/index.js'
import { formatFigure, missedBy } from './assertions.js'
import { failover } from './failover.js'
import { describeMachine } from './ground/machine.js'
import { isInOwnNetwork, noOwnNetwork, openLoopback } from './ground/own-network.js'
import { Session } from './ground/session.js'
import { latency } from './latency.js'
import type { BenchOptions } from './options.js'
import { ratiosOf } from './ratios.js'
import type { BenchName, Results } from './results.js'
import { scale } from './scale.js'
import { BASELINES, kindsNamed } from './systems/field.js'
import type { BenchPaths } from './systems/system.js'
import { throughput } from './throughput.js'

export interface BenchTerms {
  readonly options: BenchOptions
  readonly paths: BenchPaths
  readonly version: string
  /** Aborted when somebody wants the run to end. */
  readonly interrupted: AbortSignal
  readonly progress: (text: string) => void
}

type Found = Pick<Results, 'measured' | 'capacities' | 'faults' | 'growth'>
const NOTHING: Found = { measured: [], capacities: [], faults: [], growth: [] }

/** Measures; whatever happens, nothing that was started is left. */
export async function runBench(terms: BenchTerms): Promise<Results> {
  const { options, paths, version } = terms
  requireWritable(options.html)
  const [startedAt, startedMs] = [new Date().toISOString(), performance.now()]
  let doing = 'nothing yet'
  const progress = (text: string): void => {
    doing = text
    terms.progress(text)
  }
  const late = AbortSignal.timeout(options.timeLimitS * 1000)
  const signal = AbortSignal.any([late, terms.interrupted])
  const { protocol, bench, seed, quick } = options
  const session = new Session({ paths, protocol, signal, progress })
  const network = noOwnNetworkHere()
  if (network !== undefined) session.skip('a network of its own', network)
  const machine = describeMachine(version, paths.llft)
  try {
    const found = { ...NOTHING, ...(await MEASURE[bench](session, options)) }
    const { facts: systems, skipped } = session
    if (systems.length === 0) throw nothing(options, skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; '))
    const ratios = bench === 'latency' || bench === 'throughput' ? ratiosOf(found.measured, BASELINES) : []
    const tookMs = Math.round(performance.now() - startedMs)
    const head = { schema: 'llft-bench/1' as const, bench, startedAt, tookMs, machine, seed, quick, protocol }
    return { ...head, systems, skipped, ...found, ratios }
  } catch (error) {
    if (!late.aborted || terms.interrupted.aborted) throw error
    throw llftError('LLFT_E_BENCH_TIME', { seconds: options.timeLimitS, doing }, { cause: error })
  } finally {
    await session.close()
  }
}

const MEASURE: Readonly<Record<BenchName, (session: Session, options: BenchOptions) => Promise<Partial<Found>>>> = {
  latency: async (session, options) => ({ measured: await latency(session, options) }),
  throughput,
  failover: async (session, options) => ({ faults: await failover(session, options) }),
  scale,
}

/** Raises an `LlftError` for the first thing that is not as it should be. */
export function requireObjectives(results: Results, options: BenchOptions): void {
  const masks = new Map(kindsNamed(options.systems).map(({ name, masksFaults }) => [name, masksFaults]))
  const judged = [...results.measured, ...results.faults.filter(({ system }) => masks.get(system) === true)]
  for (const { system, verdict } of judged) {
    if (isRight(verdict)) continue
    throw llftError('LLFT_E_BENCH_WRONG', { system, wrongs: wrongsIn(verdict), seed: options.seed })
  }
  for (const assertion of options.assertions) {
    const missed = missedBy(assertion, results)
    if (missed === undefined) continue
    const figure = formatFigure(assertion, missed)
    throw llftError('LLFT_E_BENCH_MISSED', { objective: assertion.text, figure })
  }
}

function noOwnNetworkHere(): string | undefined {
  if (!isInOwnNetwork()) return noOwnNetwork() ?? 'it was not asked for'
  openLoopback()
  return undefined
}

/** Before minutes are spent on figures that could not be kept. */
function requireWritable(file: string | undefined): void {
  if (file === undefined) return
  try {
    writeFileSync(file, '', { flag: 'a' })
  } catch (error) {
    throw llftError('LLFT_E_BENCH_FILE', { file, reason: (error as Error).message })
  }
}

function nothing(options: BenchOptions, reason: string): Error {
  return llftError('LLFT_E_BENCH_NOTHING', { systems: options.systems.join(', '), reason })
}
