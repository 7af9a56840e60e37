import { setTimeout as sleep } from 'node:timers/promises'
import { cannotCut, cutOff } from './ground/cut.js'
import type { FaultName } from './results.js'

/** Long enough to be noticed, short enough that a group with patience need not elect. */
export const STOP_MS = 500

/** Takes a fault back; what cannot be taken back has nothing to do. */
export type TakeBack = () => void

/** Why a fault cannot be made here; undefined when it can. */
export function cannotMake(fault: FaultName): string | undefined {
  return fault === 'cut' ? cannotCut() : undefined
}

/** Resolves when the fault has begun, for a stop when it is over. */
export async function makeFault(fault: FaultName, pid: number): Promise<TakeBack> {
  switch (fault) {
    case 'kill':
      process.kill(pid, 'SIGKILL')
      return () => undefined
    case 'cut':
      return cutOff(pid)
    case 'stop':
      process.kill(pid, 'SIGSTOP')
      await sleep(STOP_MS)
      resume(pid)
      return () => undefined
  }
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // Somebody has ended it meanwhile, which is what a watcher of stopped processes does.
  }
}
