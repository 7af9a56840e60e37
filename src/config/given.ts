import { llftError } from '../errors/index.js'
import { NUMBER_BOUNDS, type NumberOption, type OptionName, OPTIONS } from './options.js'

/** What was typed and what the environment says, before any of it is understood. */
export interface RunInput {
  readonly command: readonly string[]
  /** Every value of every flag that was given, in order. */
  readonly flags: Readonly<Partial<Record<OptionName, readonly string[]>>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Name of the working directory: what the group is called when nobody names it. */
  readonly directoryName: string
}

export interface Given {
  readonly value: string
  /** The flag or the variable, as the user wrote it. */
  readonly origin: string
}

export function allGiven(input: Pick<RunInput, 'flags' | 'env'>, name: OptionName): readonly Given[] {
  const { flag, variable, repeatable } = OPTIONS[name]
  const flags = input.flags[name] ?? []
  if (flags.length > 0) {
    const values = name === 'peers' || name === 'etcd' ? flags.flatMap((value) => value.split(',')) : flags
    return values.map((value) => ({ value, origin: flag }))
  }
  const text = input.env[variable]
  if (text === undefined || text === '') return []
  const values = repeatable ? text.split(',') : [text]
  return values.map((value) => ({ value: value.trim(), origin: variable }))
}

export function given(input: Pick<RunInput, 'flags' | 'env'>, name: OptionName): Given | undefined {
  return allGiven(input, name).at(-1)
}

export function numberOf(input: RunInput, name: NumberOption): number {
  const { min, max, fallback } = NUMBER_BOUNDS[name]
  const found = given(input, name)
  if (found === undefined) return fallback
  const number = wholeNumber(found.value)
  if (number === undefined || number < min || number > max) {
    throw llftError('LLFT_E_USAGE_NUMBER', { ...found, min, max, fallback })
  }
  return number
}

export function wholeNumber(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined
}
