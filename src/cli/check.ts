import { randomInt } from 'node:crypto'
import { explain, reportText, resolveCheckOptions, roundText, runCheck, SourcePlaces } from '../check/index.js'
import type { CheckInput, CheckResults } from '../check/index.js'
import { resolveRunOptions } from '../config/index.js'
import type { RunInput, RunOptions } from '../config/index.js'
import { EXIT, llftError, renderReport } from '../errors/index.js'
import { requireExecutable } from './run.js'
import { makeStyle, wantsColor } from './style.js'
import { interruptible } from './interruption.js'
import type { Surroundings } from './surroundings.js'

const SEEDS = 2 ** 31
/**
 * Two replicas on this host, and nothing of what a group in earnest needs besides. A program that does not end is not
 * waited for; a busy machine is no fault of the program.
 */
const GROUP: RunInput['flags'] = {
  name: ['check'],
  replicas: ['2'],
  fencing: ['none'],
  commit: ['reflected'],
  transport: ['unicast'],
  stopGraceMs: ['3000'],
  timingWindowMs: ['10000'],
}

export interface CheckCommand extends CheckInput {
  readonly command: readonly string[]
  readonly runFlags: RunInput['flags']
}

/** `llft check`: returns what the process ends with. */
export async function check(input: CheckCommand, surroundings: Surroundings): Promise<number> {
  const { cwd, env, paths } = surroundings
  const options = resolveCheckOptions(input, cwd, randomInt(SEEDS))
  const run = groupOptions(input, surroundings)
  requireExecutable(run.command[0], env)
  const talk = (text: string): void => void process.stderr.write(`${text}\n`)
  return interruptible(async ({ signal }) => {
    const results = await runCheck({
      options,
      run,
      environment: env,
      paths: { node: process.execPath, ...paths },
      interrupted: signal,
      begins: ({ name, what }) => talk(`  ${name.padEnd(7)} ${what} ...`),
      over: (result) => talk(roundText(result)),
      evidence: (of, text) => talk(evidenceText(of, text)),
    })
    return tell(results, options.json, surroundings)
  })
}

function groupOptions({ command, runFlags }: CheckCommand, { env }: Surroundings): RunOptions {
  if (command.length === 0) {
    const details = { command: 'check', argument: '<command>', example: '-- node server.js' }
    throw llftError('LLFT_E_USAGE_MISSING_ARGUMENT', details)
  }
  return resolveRunOptions({ command, flags: { ...runFlags, ...GROUP }, env, directoryName: 'check' })
}

function tell(results: CheckResults, json: boolean, { env, cwd }: Surroundings): number {
  const places = new SourcePlaces(cwd)
  const { command, findings } = results
  const text = json ? jsonText(results, places) : `\n${reportText(results, places.text)}`
  process.stdout.write(`${text}\n`)
  if (findings.length === 0) return EXIT.ok
  const count = findings.length === 1 ? 'one place' : `${findings.length} places`
  const found = llftError('LLFT_E_CHECK_FOUND', { command: command.join(' '), places: count })
  process.stderr.write(`${renderReport(found, makeStyle(wantsColor(env, process.stderr.isTTY)))}\n`)
  return found.exitCode
}

function jsonText({ rounds, findings, ...results }: CheckResults, places: SourcePlaces): string {
  return JSON.stringify({
    ...results,
    // What was seen is in the findings, what was printed is of no use to a program.
    rounds: rounds.map(({ sightings, printed: _printed, ...round }) => ({ ...round, sightings: sightings.length })),
    findings: findings.map((finding) => ({ ...finding, ...explain(finding, places.text) })),
  })
}

function evidenceText(of: string, text: string): string {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => `  ${of} | ${line}`).join('\n')
}
