import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
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
import { interruptible } from './interruption.js'
import { Progress } from './progress.js'
import type { Surroundings } from './surroundings.js'

const SEEDS = 2 ** 32

/** `llft bench`: returns what the process ends with. */
export async function bench(name: BenchName, input: BenchInput, surroundings: Surroundings): Promise<number> {
  const options = resolveBenchOptions(name, input, randomInt(SEEDS))
  const { argv, paths, version } = surroundings
  if (!isInOwnNetwork() && noOwnNetwork() === undefined) return runInOwnNetwork(paths.llft, argv)
  return interruptible(async ({ signal, interrupt }) => {
    if (isInOwnNetwork()) whenOuterEnds(() => interrupt('SIGHUP'))
    const progress = new Progress(process.stderr)
    try {
      const terms = { options, paths, version, interrupted: signal }
      const results = await runBench({ ...terms, progress: (text) => progress.show(text) })
      progress.close()
      tell(results, options)
      requireObjectives(results, options)
      return EXIT.ok
    } finally {
      progress.close()
    }
  })
}

function tell(results: Results, { html, json }: BenchOptions): void {
  if (html !== undefined) writeFileSync(html, reportHtml(results))
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : summaryText(results))
}
