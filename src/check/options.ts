import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { isCode, llftError, nearest, REGISTRY } from '../errors/index.js'
import type { Code } from '../errors/index.js'
import { type Round, roundNamed, ROUNDS } from './rounds.js'

/** Everything that `llft check` can be told besides what is of `llft run`, validated once. */
export interface CheckOptions {
  readonly rounds: readonly Round[]
  /** A file; `none`; undefined: the built-in requests. */
  readonly load: string | undefined
  /** Refusals that the program is known to do without. */
  readonly allow: readonly Code[]
  readonly seconds: number
  readonly seed: number
  readonly json: boolean
}

export type CheckOption = 'rounds' | 'load' | 'allow' | 'seconds' | 'seed'

/** The command line and its help are made from this table alone. */
export const CHECK_OPTIONS: Readonly<Record<CheckOption, { readonly spelling: string; readonly help: string }>> = {
  load: {
    spelling: '--load <file>',
    help: 'a Node program that makes requests and ends, told where in LLFT_CHECK_URL; or none (default: built in)',
  },
  rounds: {
    spelling: '--rounds <name,...>',
    help: `what is tried: ${ROUNDS.map(({ name }) => name).join(', ')} (default all)`,
  },
  allow: { spelling: '--allow <code,...>', help: 'refusals that the program is known to do without' },
  seconds: {
    spelling: '--seconds <n>',
    help: 'how long the load of a round may take (default 30); with --load none, how long it runs (default 5)',
  },
  seed: { spelling: '--seed <n>', help: 'what delays and seeds are drawn from, to repeat a check' },
}

/** What was typed: every value of every option, in order. */
export interface CheckInput {
  readonly flags: Readonly<Partial<Record<CheckOption, readonly string[]>>>
  readonly json: boolean
}

const BOUNDS = {
  // A day: whoever checks for longer has another purpose.
  seconds: { min: 1, max: 86_400 },
  // What `--random-seed` of Node takes, less the one that is added.
  seed: { min: 0, max: 2 ** 31 - 2 },
} as const

/** Usual loads are over in seconds; a bound is for those that hang. */
const LOADED_SECONDS = 30
const UNLOADED_SECONDS = 5
const REFUSED = /^LLFT_E_REFUSED_/

/** Raises an `LlftError` for what cannot be used. `drawn`: the seed where none is given. */
export function resolveCheckOptions({ flags, json }: CheckInput, cwd: string, drawn: number): CheckOptions {
  const load = loadOf(flags.load?.at(-1), cwd)
  return Object.freeze<CheckOptions>({
    rounds: roundsOf(flags.rounds?.at(-1)),
    load,
    allow: (flags.allow ?? []).flatMap((codes) => codes.split(',')).map(refusalNamed),
    seconds: numberOf('seconds', flags.seconds?.at(-1)) ?? (load === 'none' ? UNLOADED_SECONDS : LOADED_SECONDS),
    seed: numberOf('seed', flags.seed?.at(-1)) ?? drawn % BOUNDS.seed.max,
    json,
  })
}

function roundsOf(text: string | undefined): readonly Round[] {
  if (text === undefined) return ROUNDS
  const known = ROUNDS.map(({ name }) => name)
  const names = text.split(',').map((one) => {
    const value = one.trim()
    const name = known.find((name) => name === value)
    if (name !== undefined) return name
    const suggestion = nearest(value, known) ?? 'plain,clock'
    throw llftError('LLFT_E_USAGE_CHECK_ROUND', { value, known: known.join(', '), suggestion })
  })
  return [...new Set(names)].map(roundNamed)
}

function refusalNamed(text: string): Code {
  const value = text.trim()
  if (isCode(value) && REFUSED.test(value)) return value
  const known = Object.keys(REGISTRY).filter((code) => REFUSED.test(code))
  throw llftError('LLFT_E_USAGE_CHECK_ALLOW', { value, suggestion: nearest(value, known) ?? 'LLFT_E_REFUSED_ADDON' })
}

function loadOf(text: string | undefined, cwd: string): string | undefined {
  if (text === undefined || text === 'none') return text
  const file = resolve(cwd, text)
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw llftError('LLFT_E_USAGE_CHECK_LOAD', { file: text, reason })
  }
  return file
}

function numberOf(name: 'seconds' | 'seed', text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const { min, max } = BOUNDS[name]
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw llftError('LLFT_E_USAGE_CHECK_NUMBER', { origin: `--${name}`, value: text, min, max })
}
