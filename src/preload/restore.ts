import { delimiter } from 'node:path'
import { ATTACH_ENV } from '../driver/index.js'

const OUR_NAME = /^LLFT_/

/** The environment as the program will see it, the same at every replica. */
export function programEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const seen: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !OUR_NAME.test(name)) seen[name] = value
  }
  const { PATH: path } = seen
  if (path === undefined) return seen
  // Others, npm for one, may have put folders of theirs before ours: those stay.
  const folders = path.split(delimiter).filter((folder) => folder !== environment[ATTACH_ENV.bin])
  if (folders.length > 0) seen['PATH'] = folders.join(delimiter)
  else delete seen['PATH']
  return seen
}

/** The launcher puts our flags first; they end with `-r <preload>`. */
export function programExecArgv(execArgv: readonly string[], preload: string): string[] {
  const at = execArgv.indexOf(preload)
  return at > 0 && (execArgv[at - 1] === '-r' || execArgv[at - 1] === '--require')
    ? execArgv.slice(at + 1)
    : [...execArgv]
}

/** Takes away, before the program runs, what it must not see: it would know, and replicas would differ. */
export function restoreProcess(preload: string): void {
  const seen = programEnvironment(process.env)
  for (const name of Object.keys(process.env)) if (!(name in seen)) delete process.env[name]
  if (seen['PATH'] !== undefined) process.env['PATH'] = seen['PATH']
  process.execArgv = programExecArgv(process.execArgv, preload)
  // Another array: Node is on its way through this one, and would leave out the program's first.
  const preloaded = Object.getOwnPropertyDescriptor(process, '_preload_modules') as PropertyDescriptor
  const [first, ...others] = preloaded.value as readonly string[]
  if (first === preload) Object.defineProperty(process, '_preload_modules', { ...preloaded, value: others })
}
