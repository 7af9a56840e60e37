import { createRequire } from 'node:module'
import { nodeFiles } from '../adapters/index.js'
import { mixBytes } from '../base/index.js'
import type { AttachRequest } from '../driver/index.js'
import { programEnvironment, programExecArgv } from './restore.js'

export type Fingerprint = Extract<AttachRequest, { type: 'claim' }>['fingerprint']

/** What must be equal at all replicas (determinizer.md A8), by name, so that a difference can be named. */
export function fingerprintOf(preload: string): Fingerprint {
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions()
  const parts: Record<string, string> = {
    node: process.version,
    v8: process.versions.v8,
    icu: process.versions['icu'] ?? 'none',
    platform: `${process.platform} ${process.arch}`,
    timeZone,
    locale,
    argv: JSON.stringify(process.argv),
    execArgv: JSON.stringify(programExecArgv(process.execArgv, preload)),
    cwd: process.cwd(),
    program: programHash(process.argv[1]),
  }
  // Hashed one by one: the values may be secrets, but which variable differs must be said.
  for (const [name, value] of Object.entries(programEnvironment(process.env))) {
    parts[`environment ${name}`] = hashOf(Buffer.from(value))
  }
  const whole = Object.entries(parts).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return { hash: hashOf(Buffer.from(JSON.stringify(whole))), parts }
}

/** Of the main file; `node server` may mean `server.js`. */
function programHash(program: string | undefined): string {
  if (program === undefined) return 'none'
  try {
    return hashOf(nodeFiles.readFileSync(createRequire(program).resolve(program)))
  } catch {
    return 'unreadable'
  }
}

/** Two independent 32-bit checks: it guards against accidents, and `node:crypto` must not be loaded yet. */
function hashOf(bytes: Uint8Array): string {
  const halves = [mixBytes(0, bytes), mixBytes(0x9e3779b9, bytes)]
  return halves.map((half) => half.toString(16).padStart(8, '0')).join('')
}
