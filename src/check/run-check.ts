import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunOptions } from '../config/index.js'
import { llftError } from '../errors/index.js'
import { CheckedGroup } from './checked-group.js'
import { type Finding, Findings, type Sighting } from './findings.js'
import { builtInLoad } from './load/built-in.js'
import { scriptLoad } from './load/script.js'
import type { CheckOptions } from './options.js'
import type { Round } from './rounds.js'
import { portWaitMs, runRound, type RoundResult } from './run-round.js'

export interface CheckTerms {
  readonly options: CheckOptions
  readonly run: RunOptions
  readonly environment: NodeJS.ProcessEnv
  readonly paths: { readonly node: string; readonly preload: string; readonly gateway: string }
  /** Aborted: the running round ends at once, and no other begins. */
  readonly interrupted: AbortSignal
  readonly begins: (round: Round) => void
  readonly over: (result: RoundResult) => void
  /** What a program or a load that failed has printed. */
  readonly evidence: (of: string, text: string) => void
}

export interface CheckResults {
  readonly command: readonly string[]
  readonly seed: number
  readonly rounds: readonly RoundResult[]
  readonly findings: readonly Finding[]
}

/** All rounds, one after the other. Raises an `LlftError` when nothing can be said about the program. */
export async function runCheck(terms: CheckTerms): Promise<CheckResults> {
  const { options, run, interrupted } = terms
  const work = mkdtempSync(join(tmpdir(), 'llft-check-'))
  const findings = new Findings()
  const rounds: RoundResult[] = []
  try {
    for (const round of options.rounds) {
      interrupted.throwIfAborted()
      terms.begins(round)
      const result = withoutAllowed(await perform(round, join(work, round.name), terms), options)
      rounds.push(result)
      findings.add(round.name, result.sightings)
      terms.over(result)
      const failed = result.ended !== undefined && !endedWell(result)
      if (failed) terms.evidence(run.command.join(' '), result.printed)
      if (findings.size === 0) requireSuccess(result, terms)
      // It has ended because of what was found, and would do so again.
      if (failed) break
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return { command: run.command, seed: options.seed, rounds, findings: findings.all }
}

async function perform(round: Round, folder: string, terms: CheckTerms): Promise<RoundResult> {
  const { options, run, environment, paths, interrupted } = terms
  const group = new CheckedGroup({ round, seed: options.seed, options: run, environment, paths, folder })
  const kill = (): void => group.kill()
  interrupted.addEventListener('abort', kill)
  try {
    const load =
      options.load === undefined
        ? builtInLoad
        : options.load === 'none'
          ? 'none'
          : scriptLoad({ file: options.load, node: paths.node, env: environment })
    const result = await runRound(round.name, group, { load, boundMs: options.seconds * 1000 })
    interrupted.throwIfAborted()
    return result
  } catch (error) {
    if (group.evidence !== '') terms.evidence(run.command.join(' '), group.evidence)
    throw error
  } finally {
    interrupted.removeEventListener('abort', kill)
  }
}

/** What the program is known to do without is no finding, but is told. */
function withoutAllowed(result: RoundResult, { allow }: CheckOptions): RoundResult {
  const isAllowed = ({ kind, what }: Sighting): boolean => kind === 'refused' && allow.some((code) => code === what)
  const sightings = result.sightings.filter((sighting) => !isAllowed(sighting))
  return { ...result, sightings, allowed: result.sightings.length - sightings.length }
}

function endedWell({ ended }: RoundResult): boolean {
  return ended?.end?.code === 0 && ended.end.signal === 0
}

/** Nothing was found: was there anything to be found in? */
function requireSuccess(result: RoundResult, { options, run, evidence }: CheckTerms): void {
  const { round, ended, loaded, listening } = result
  const command = run.command.join(' ')
  if (ended !== undefined && !endedWell(result)) {
    throw llftError('LLFT_E_CHECK_ENDED', { command, outcome: ended.outcome, round })
  }
  const { load: file, seconds } = options
  if (file === undefined || file === 'none') return
  if (!listening) {
    if (ended === undefined)
      throw llftError('LLFT_E_CHECK_NO_PORT', { command, file, waitedMs: portWaitMs(seconds * 1000) })
    throw llftError('LLFT_E_CHECK_ENDED', { command, outcome: ended.outcome, round })
  }
  const trouble = loaded?.trouble
  if (trouble === undefined) return
  if (trouble.output !== '') evidence(file, trouble.output)
  if (trouble.trouble === 'late') throw llftError('LLFT_E_CHECK_TIME', { file, seconds, round })
  throw llftError('LLFT_E_CHECK_LOAD', { file, round, outcome: trouble.outcome })
}
