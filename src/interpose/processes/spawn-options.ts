import type { ChildStart, ChildWiring } from '../../driver/index.js'
import type { Descriptors } from '../files/descriptors.js'
import { forHost } from '../files/paths.js'
import { refusal } from '../refusal.js'

/** As Node's library hands them to the binding. */
export interface SpawnOptions {
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly envPairs?: readonly string[]
  readonly stdio: readonly Stdio[]
  readonly detached?: boolean
  readonly uid?: number
  readonly gid?: number
}

/** From Node 24 on the binding has no options but arguments. */
export function spawnOptionsOf(given: readonly unknown[], flagDetached: unknown): SpawnOptions {
  const [first] = given
  if (typeof first === 'object') return first as SpawnOptions
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = given
  const detached = ((flags as number) & (flagDetached as number)) !== 0
  return { file, args, cwd, envPairs, stdio, detached, uid, gid } as SpawnOptions
}

export interface Stdio {
  readonly type: 'pipe' | 'overlapped' | 'ignore' | 'inherit' | 'fd' | 'wrap'
  readonly fd?: number
  readonly handle?: unknown
}

export function childStart(options: SpawnOptions, descriptors: Descriptors): ChildStart {
  const { file, args, cwd, envPairs, detached, uid, gid } = options
  return {
    file,
    args: args ?? [file],
    cwd: cwd ?? process.cwd(),
    env: envPairs,
    detached: detached === true,
    uid,
    gid,
    wiring: options.stdio.map((wish) => wiringOf(wish, descriptors)),
  }
}

function wiringOf({ type, fd }: Stdio, descriptors: Descriptors): ChildWiring {
  if (type === 'pipe' || type === 'overlapped') return { to: 'pipe' }
  if (type === 'ignore') return { to: 'ignore' }
  if (type === 'wrap' || fd === undefined) throw refusal('LLFT_E_REFUSED_CHILD_HANDLE', 'child_process.spawn()')
  if (fd <= 2) return { to: 'standard', fd }
  const file = descriptors.get(fd)
  if (file?.kind === 'host') return { to: 'file', file: file.file }
  if (file?.kind === 'local') return { to: 'path', path: forHost(file.path) }
  return { to: 'ignore' }
}
