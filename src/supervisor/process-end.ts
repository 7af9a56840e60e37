import { constants } from 'node:os'

/** A shell reports a child that signal n killed as exit code 128 + n; so does `llft run`. */
export const SIGNAL_CODE_BASE = 128

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number
  /** Number of the signal that ended it, 0 if none. */
  readonly signal: number
}

export function exitCodeOf(end: ProcessEnd): number {
  return end.signal === 0 ? end.code : SIGNAL_CODE_BASE + end.signal
}

/** `SIGKILL`, or `code 3`. */
export function outcomeOf(end: ProcessEnd): string {
  return end.signal === 0 ? `code ${end.code}` : signalName(end.signal)
}

export function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`
}
