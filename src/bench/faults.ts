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

const NOTHING_TO_DO: TakeBack = () => undefined

/** Each resolves when the fault has begun, a stop when it is over. */
const MAKE: Readonly<Record<FaultName, (pid: number) => Promise<TakeBack>>> = {
  async kill(pid) {
    process.kill(pid, 'SIGKILL')
    return NOTHING_TO_DO
  },
  cut: async (pid) => cutOff(pid),
  async stop(pid) {
    process.kill(pid, 'SIGSTOP')
    await sleep(STOP_MS)
    resume(pid)
    return NOTHING_TO_DO
  },
}

export function makeFault(fault: FaultName, pid: number): Promise<TakeBack> {
  return MAKE[fault](pid)
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // Somebody has ended it meanwhile, which is what a watcher of stopped processes does.
  }
}
