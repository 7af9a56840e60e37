import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const RUN = fileURLToPath(new URL('run.js', import.meta.url))

/** Runs the explorer as people do, over the compiled core; what it printed. */
export function explore(scope: object, rule?: string): string {
  const terms = [RUN, JSON.stringify(scope), ...(rule === undefined ? [] : [rule])]
  const { stdout, stderr } = spawnSync(process.execPath, terms, { encoding: 'utf8' })
  return stdout + stderr
}
