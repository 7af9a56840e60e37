/** What `llft check` has a replica do; in the environment of its process, as JSON. */
export interface CheckSettings {
  /** The file that the trace is written to, a line of JSON for each `TraceLine`. */
  readonly trace: string
  /** The clocks of this replica's process, below the determinizer, are ahead by so much. */
  readonly clockShiftMs?: number
  /** Completions come to the determinizer later than they happened. */
  readonly delays?: Delays
}

export interface Delays {
  /** What is drawn is drawn from it. */
  readonly seed: number
  /** Every completion, or those of files alone. */
  readonly of: 'all' | 'files'
}

/** A place in the program, as V8 sees it: lines and columns from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Who did something. */
export interface Site {
  /** Like `fs.writeFileSync()`; undefined when no code of the program is on the stack. */
  readonly call?: string | undefined
  /** The line of the program itself, or, where there is none on the stack, of what it depends on. */
  readonly at?: Place | undefined
  /** The line of a dependency that made the call for it. */
  readonly through?: Place | undefined
  /** No code of the program was on the stack: `at` is where it was last seen in the same operation. */
  readonly near?: true | undefined
}

/**
 * What a replica did, in an order that is the same at every replica. Values and messages are steps: the n-th of one
 * replica is the n-th of the other, unless they differ.
 */
export type TraceLine =
  /** A value was recorded, or read from the history. */
  | { readonly did: 'read'; readonly source: string; readonly site: Site }
  /** A message left: its fields without `bytes`; the first of the bytes as Latin-1; a checksum over all. */
  | {
      readonly did: 'send'
      readonly what: string
      readonly fields: string
      readonly head: string
      readonly length: number
      readonly sum: number
      readonly site: Site
    }
  /** An operation is over. */
  | { readonly did: 'operate' }
  | { readonly did: 'refuse'; readonly code: string; readonly call: string; readonly site: Site }
  /** This replica's execution contradicts the history, and it ends. */
  | { readonly did: 'diverge'; readonly what: string; readonly site: Site }
  /** The trace has reached its bound; nothing follows but where the replica stopped. */
  | { readonly did: 'overflow' }
