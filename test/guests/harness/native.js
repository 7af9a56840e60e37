import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const cwd = fileURLToPath(new URL('..', import.meta.url))

function loads(name) {
  const program = `new (require('${name}'))(':memory:')`
  return spawnSync(process.execPath, ['-e', program], { cwd, stdio: 'ignore' }).status === 0
}

/** Why a package with native code cannot be used under this Node; undefined when it can. Builds it where it was not. */
export function withoutNative(name) {
  if (loads(name)) return undefined
  // The headers that this very Node brings along.
  const nodedir = dirname(dirname(realpathSync(process.execPath)))
  const env = { ...process.env, npm_config_build_from_source: 'true', npm_config_nodedir: nodedir }
  const { stderr } = spawnSync('npm', ['rebuild', name], { cwd, env, encoding: 'utf8' })
  if (loads(name)) return undefined
  const [reason] = /error: .*/.exec(stderr) ?? ['']
  return `${name} could not be built: ${reason}`
}
