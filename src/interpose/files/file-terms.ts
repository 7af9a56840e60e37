import type { EdgeInternals, NativeFunction } from '../edge-internals.js'
import type { Host } from '../host/host.js'
import { type Operations, VALUE_SOURCE } from '../operations.js'
import { type Outcome, systemError } from '../outcome.js'
import type { ContentLog } from './content-log.js'
import type { Descriptors } from './descriptors.js'
import type { Freshness, Written } from './freshness.js'
import type { Requests } from './requests.js'
import { decodeResult, encodeResult, type FileResult } from './results.js'

/** What the functions of the `fs` binding are replaced with. */
export interface FileTerms {
  readonly internals: EdgeInternals
  readonly operations: Operations
  readonly host: Host
  readonly log: ContentLog
  readonly freshness: Freshness
  readonly requests: Requests
  /** `kUsePromises` of the binding. */
  readonly usePromises: unknown
  readonly descriptors: Descriptors
  /** The binding's own functions. */
  readonly real: Readonly<Record<string, NativeFunction>>
}

/** A function of the binding, inside an operation. */
export type FileFunction = (args: readonly unknown[]) => unknown

/** Where in the system a call failed. */
export interface Place {
  readonly syscall: string
  readonly path?: string | undefined
  readonly dest?: string | undefined
}

export function failure({ internals }: FileTerms, errno: number, place: Place): Error {
  const [code, description] = internals.errorNames.get(errno) ?? [`E${-errno}`, 'unknown error']
  return systemError({ errno, code, description, ...place })
}

/** Of a negative time Node makes the present, by a clock that cannot be replaced. */
export function recordTimes({ operations }: FileTerms, name: string, args: readonly unknown[]): readonly unknown[] {
  if (!name.endsWith('utimes')) return args
  return args.map((time) => (typeof time === 'number' ? operations.recordNumber(VALUE_SOURCE.fact, () => time) : time))
}

/** What is being recorded, for a report; and where it is to be written. */
export interface Recording {
  readonly name: string
  readonly write?: () => Written
}

/** Inside an operation: the primary's result, or error, of a call. */
export function recordResult({ log }: FileTerms, produce: () => FileResult, recording: Recording): Outcome {
  const { name, write = (): Written => 'always' } = recording
  return decodeResult(log.record({ produce: () => encodeResult(produce), write, name: () => name }))
}
