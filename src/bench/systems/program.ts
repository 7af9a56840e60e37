import type { StoreTerms } from '../guest/store.js'
import { isListening, ready } from '../ground/ports.js'
import type { Running } from '../ground/processes.js'
import type { Ground } from './system.js'

/** What systemd waits before it starts a service again, unless it is told otherwise. */
export const RESTART_MS = 100

/** The environment of the measured program. */
export function programEnvironment(ground: Ground, port: number, store?: StoreTerms): Record<string, string> {
  const environment = { PORT: `${port}`, BENCH_PROTOCOL: ground.protocol }
  return store === undefined ? environment : { ...environment, BENCH_STORE: JSON.stringify(store) }
}

/** The measured program on plain Node, started again when it ends. */
export async function startProgram(ground: Ground, port: number, store?: StoreTerms): Promise<() => Running> {
  const env = programEnvironment(ground, port, store)
  let latest: Running | undefined
  const start = (): Running => (latest = ground.processes.start(process.execPath, [ground.paths.guest], { env }))
  ground.processes.keep(start, RESTART_MS)
  const current = (): Running => latest ?? start()
  await ready('the program', () => isListening(port), { running: current(), signal: ground.signal })
  return current
}
