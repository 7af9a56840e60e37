import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '../config/index.js'
import { llftError } from '../errors/index.js'

/** How `llft status` finds a running group: written by `llft run`, readable by its user only. */
export interface RuntimeFile {
  readonly group: string
  readonly pid: number
  readonly admin: Address
  /** What actions are authorised with. */
  readonly token: string
}

/** One folder per user; `XDG_RUNTIME_DIR` is private to the user by definition, the temporary folder is not. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string {
  const own = env['XDG_RUNTIME_DIR']
  return own === undefined || own === '' ? join(tmpdir(), `llft-user-${process.getuid?.() ?? 0}`) : join(own, 'llft')
}

/** Returns the path, for `removeRuntimeFile`. */
export function writeRuntimeFile(folder: string, file: RuntimeFile): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!isPrivate(folder)) {
    throw llftError('LLFT_E_ADMIN_RUNTIME_FOLDER', { folder })
  }
  chmodSync(folder, 0o700)
  const path = join(folder, `${file.pid}.json`)
  rmSync(path, { force: true })
  // `wx`: a link that somebody has put there meanwhile is not followed.
  writeFileSync(path, JSON.stringify(file), { mode: 0o600, flag: 'wx' })
  return path
}

export function removeRuntimeFile(path: string): void {
  rmSync(path, { force: true })
}

/** The groups of this user that run, in the order of their process ids; what dead ones left is removed. */
export function findRuntimeFiles(folder: string): readonly RuntimeFile[] {
  if (!isPrivate(folder)) return []
  const found: RuntimeFile[] = []
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const file = name.endsWith('.json') ? readRuntimeFile(path) : undefined
    if (file === undefined) continue
    if (isAlive(file.pid)) found.push(file)
    else removeRuntimeFile(path)
  }
  return found.toSorted((left, right) => left.pid - right.pid)
}

function readRuntimeFile(path: string): RuntimeFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRuntimeFile(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRuntimeFile(value: unknown): value is RuntimeFile {
  if (typeof value !== 'object' || value === null) return false
  const { group, pid, admin, token } = value as Partial<Record<keyof RuntimeFile, unknown>>
  if (typeof group !== 'string' || !Number.isSafeInteger(pid) || typeof token !== 'string') return false
  if (typeof admin !== 'object' || admin === null) return false
  const { host, port } = admin as Partial<Record<keyof Address, unknown>>
  return typeof host === 'string' && Number.isSafeInteger(port)
}

/** Somebody else's folder in the common temporary folder must not tell us where to send a token. */
function isPrivate(folder: string): boolean {
  const facts = lstatSync(folder, { throwIfNoEntry: false })
  return facts !== undefined && facts.isDirectory() && facts.uid === (process.getuid?.() ?? facts.uid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
