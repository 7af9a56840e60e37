import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  readonly signal: AbortSignal
  /** As if this signal had come. */
  readonly interrupt: (name: NodeJS.Signals) => void
}

/** Does work that signals call off; returns what the process ends with: the work's own code, or that of the signal. */
export async function interruptible(work: (interruption: Interruption) => Promise<number>): Promise<number> {
  const controller = new AbortController()
  let signalled: NodeJS.Signals | undefined
  const interrupt = (name: NodeJS.Signals): void => {
    signalled = name
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  try {
    return await work({ signal: controller.signal, interrupt })
  } catch (error) {
    if (signalled === undefined) throw error
    return 128 + constants.signals[signalled]
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt)
  }
}
