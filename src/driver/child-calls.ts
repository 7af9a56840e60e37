/** What the program's replicas and the console say to each other about child processes (`host-calls.ts`). */

/** Where a descriptor of a child leads. */
export type ChildWiring =
  | { readonly to: 'pipe' | 'ignore' }
  /** A standard stream of the program. */
  | { readonly to: 'standard'; readonly fd: number }
  /** A file that the program has open for writing, by the number of the call that opened it. */
  | { readonly to: 'file'; readonly file: number }
  /** A file that it reads; a text or a `BytePath`. */
  | { readonly to: 'path'; readonly path: unknown }

/** The argument of `spawn` and `spawnSync`: as Node's library hands them to its binding. */
export interface ChildStart {
  readonly file: string
  /** The name of the program first. */
  readonly args: readonly string[]
  readonly cwd: string
  /** `NAME=value`; undefined: the program's own. */
  readonly env: readonly string[] | undefined
  readonly detached: boolean
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly wiring: readonly ChildWiring[]
  /** `spawnSync` only; its body is the child's input. */
  readonly limits?: ChildLimits
}

export interface ChildLimits {
  readonly timeoutMs: number | undefined
  readonly outputBytesMax: number | undefined
  readonly killSignal: number | undefined
}

/** The head of a record to a child, on the stream of the call that started it. */
export type ToChild =
  | { readonly to: 'write' | 'end' | 'close'; readonly fd: number }
  /** The program does not keep up with what comes on a descriptor, or does again. */
  | { readonly to: 'flow'; readonly fd: number; readonly on: boolean }

/** The value of a record from a child, after the one that answers the call. */
export type FromChild =
  | { readonly from: 'data' | 'end'; readonly fd: number }
  /** The child does not read any more what is written to it. */
  | { readonly from: 'broken'; readonly fd: number; readonly errno: number }
  | { readonly from: 'exit'; readonly code: number; readonly signal: string }

/** The value that answers `spawnSync`; the output is asked for piece by piece. */
export interface ChildResult {
  readonly pid: number
  readonly code: number | null
  readonly signal: string | null
  /** Negative errno: it could not be started, took too long, or said too much. */
  readonly errno: number
  /** By descriptor; null: no pipe. */
  readonly outputLengths: readonly (number | null)[]
}
