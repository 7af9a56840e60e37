import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { ATTACH_ENV } from '../driver/index.js'

export interface LauncherTerms {
  /** The real Node. */
  readonly node: string
  /** The stub that `-r` loads. */
  readonly preload: string
  /** One number for all replicas: `Math.random` in vm contexts starts from it (determinizer.md B3). */
  readonly randomSeed: number
}

/** A private folder whose `bin/node` starts the real Node with the flags that a command line alone can give. */
export class Launcher {
  readonly folder: string
  readonly #bin: string

  constructor(terms: LauncherTerms) {
    this.folder = mkdtempSync(join(tmpdir(), 'llft-'))
    this.#bin = join(this.folder, 'bin')
    mkdirSync(this.#bin, { mode: 0o700 })
    const script = join(this.#bin, 'node')
    writeFileSync(script, launcherScript(terms))
    chmodSync(script, 0o700)
  }

  /** A command that names `node` itself goes to the launcher directly; every other finds it through `PATH`. */
  command(file: string): string {
    return basename(file) === 'node' ? join(this.#bin, 'node') : file
  }

  environment(
    base: NodeJS.ProcessEnv,
    place: Readonly<Record<'address' | 'slot' | 'token', string>>,
  ): NodeJS.ProcessEnv {
    const path = base['PATH'] ?? ''
    return {
      ...base,
      [ATTACH_ENV.address]: place.address,
      [ATTACH_ENV.slot]: place.slot,
      [ATTACH_ENV.token]: place.token,
      [ATTACH_ENV.bin]: this.#bin,
      PATH: path === '' ? this.#bin : `${this.#bin}${delimiter}${path}`,
    }
  }
}

function launcherScript(terms: LauncherTerms): string {
  const node = shellQuoted(terms.node)
  // Of two flags of one name the later counts.
  const own = `--expose-internals --random-seed=${terms.randomSeed} $${ATTACH_ENV.nodeFlags}`
  return `#!/bin/sh
exec ${node} ${own} -r ${shellQuoted(terms.preload)} "$@"
`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
