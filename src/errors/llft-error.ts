import { EXIT } from './exit-codes.js'
import { type Code, type DetailsOf, REGISTRY } from './registry.js'
import { fillSlots } from './template.js'

/** A code with its texts filled in: what is printed, and what an error carries. */
export interface Report {
  readonly code: Code
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** An operational error: expected to happen, explained to the person who meets it, never a stack trace. */
export class LlftError extends Error implements Report {
  override readonly name = 'LlftError'
  readonly code: Code
  readonly what: string
  readonly why: string
  readonly fix: string
  /** What the process ends with. */
  readonly exitCode: number
  /** False: what was asked for may have happened although this error was raised. */
  readonly definite: boolean

  constructor(report: Report, terms: ErrorTerms & { readonly exitCode: number }) {
    super(`${report.code}: ${report.what}`, terms.cause === undefined ? undefined : { cause: terms.cause })
    this.code = report.code
    this.what = report.what
    this.why = report.why
    this.fix = report.fix
    this.exitCode = terms.exitCode
    this.definite = terms.definite ?? true
  }
}

export interface ErrorTerms {
  /** For codes that end with the program's own code (`exit: 'program'`). */
  readonly exitCode?: number
  readonly definite?: boolean
  readonly cause?: unknown
}

/** The report of a code; the compiler asks for exactly the details that its texts name. */
export function report<C extends Code>(code: C, details: DetailsOf<C>): Report {
  const { what, why, fix } = REGISTRY[code]
  return { code, what: fillSlots(what, details), why: fillSlots(why, details), fix: fillSlots(fix, details) }
}

export function llftError<C extends Code>(code: C, details: DetailsOf<C>, terms: ErrorTerms = {}): LlftError {
  const { exit } = REGISTRY[code]
  const exitCode = terms.exitCode ?? (typeof exit === 'number' ? exit : EXIT.bug)
  return new LlftError(report(code, details), { ...terms, exitCode })
}
