import type { Detection } from '../admin/index.js'
import type { RunOptions } from '../config/index.js'
import { DEFAULT_LIMITS, silenceLooks } from '../core/index.js'
import { GUEST_POLL_MS } from './replica-process.js'

/** Probes in one window: one that is answered late is not yet a sign, and ten a second cost nothing. */
const PROBES_PER_WINDOW = 10
const BEATS_PER_SILENCE = 4
/** Whether a main thread answers is said with them, and must not come late. */
const BEAT_MS_MAX = 50

export function probeIntervalMs({ timingWindowMs }: Pick<RunOptions, 'timingWindowMs'>): number {
  return Math.ceil(timingWindowMs / PROBES_PER_WINDOW)
}

/** Hosts speak, and are looked at, so often that losing a few words in a row is not yet a silence. */
export function beatMs(hostSilenceMs: number): number {
  return Math.min(BEAT_MS_MAX, Math.floor(hostSilenceMs / BEATS_PER_SILENCE))
}

/**
 * How long it takes at worst until a fault is seen, on a machine that has processor time for the supervisor. A main
 * thread that stops right after an answer is not asked for one interval, then waited for during the window, and looked
 * at within another interval.
 */
export function detectionOf(options: Pick<RunOptions, 'timingWindowMs'>, hostSilenceMs: number | undefined): Detection {
  const { backupSilenceMax } = DEFAULT_LIMITS
  return {
    exitMs: GUEST_POLL_MS,
    hostMs: hostSilenceMs === undefined ? null : hostSilenceMs + beatMs(hostSilenceMs),
    stallMs: options.timingWindowMs + 2 * probeIntervalMs(options),
    silentBackupMs: Math.ceil((backupSilenceMax + 2 * silenceLooks(DEFAULT_LIMITS)) / 1000),
  }
}
