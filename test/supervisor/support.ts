import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A zombie, which waits for its parent to take note, is dead. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Resolves when `condition` holds; a test that waits for longer is wrong. */
export async function until(condition: () => boolean, boundMs = 5000): Promise<void> {
  const deadline = performance.now() + boundMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${boundMs} ms: ${String(condition)}`)
    await sleep(5)
  }
}
