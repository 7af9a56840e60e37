import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import {
  isInOwnNetwork,
  noOwnNetwork,
  reportHtml,
  requireObjectives,
  resolveBenchOptions,
  runBench,
  runInOwnNetwork,
  summaryText,
  whenOuterEnds,
} from '../bench/index.js'
import type { BenchInput, BenchName, BenchOptions, Results } from '../bench/index.js'
import { EXIT } from '../errors/index.js'
import { Progress } from './progress.js'
import type { Surroundings } from './surroundings.js'

const SEEDS = 2 ** 32
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `llft bench`: returns what the process ends with. */
export async function bench(name: BenchName, input: BenchInput, surroundings: Surroundings): Promise<number> {
  const options = resolveBenchOptions(name, input, randomInt(SEEDS))
  const { argv, paths, version } = surroundings
  if (!isInOwnNetwork() && noOwnNetwork() === undefined) return runInOwnNetwork(paths.llft, argv)
  const interruption = new AbortController()
  let signalled: NodeJS.Signals | undefined
  const interrupt = (name: NodeJS.Signals): void => {
    signalled = name
    interruption.abort()
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  if (isInOwnNetwork()) whenOuterEnds(() => interrupt('SIGHUP'))
  const progress = new Progress(process.stderr)
  try {
    const terms = { options, paths, version, interrupted: interruption.signal }
    const results = await runBench({ ...terms, progress: (text) => progress.show(text) })
    progress.close()
    tell(results, options)
    requireObjectives(results, options)
    return EXIT.ok
  } catch (error) {
    if (signalled === undefined) throw error
    return 128 + constants.signals[signalled]
  } finally {
    progress.close()
    for (const name of SIGNALS) process.off(name, interrupt)
  }
}

function tell(results: Results, { html, json }: BenchOptions): void {
  if (html !== undefined) writeFileSync(html, reportHtml(results))
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : summaryText(results))
}
