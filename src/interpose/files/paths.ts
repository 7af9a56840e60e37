import type { BytePath } from '../../driver/index.js'

/** Where writes vanish. */
export const NULL_DEVICE = '/dev/null'

/** A path as Node's library hands it to the binding. */
export type Path = string | Uint8Array

/** From where a relative path starts; as the program sees it. */
function here(): string {
  const folder = process.cwd()
  return folder.endsWith('/') ? folder : `${folder}/`
}

function isAbsolute(path: Path): boolean {
  return typeof path === 'string' ? path.startsWith('/') : path[0] === 0x2f
}

/** The path for somebody who may be in another folder. The kernel resolves the rest. */
export function absolute(path: Path): Path {
  if (isAbsolute(path)) return path
  return typeof path === 'string' ? here() + path : Buffer.concat([Buffer.from(here()), path])
}

/** An argument as it is asked of the console. */
export function forHost(argument: unknown): unknown {
  if (!(argument instanceof Uint8Array)) return argument
  return { latin1: Buffer.from(argument).toString('latin1') } satisfies BytePath
}

/** What was made at an absolute path, as the program's own path names it. */
export function asAsked(made: string, path: Path): string {
  return isAbsolute(path) ? made : made.slice(here().length)
}

/** For messages. */
export function textOf(path: Path): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString()
}
