import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export type ResolvedCommand =
  | { readonly found: 'executable'; readonly path: string }
  | { readonly found: 'not-executable'; readonly path: string }
  | { readonly found: 'nothing' }

/** Looks a command up as `execvp` does, before anything is started, so that the error can say what is wrong. */
export function resolveCommand(command: string, searchPath: string): ResolvedCommand {
  const candidates = command.includes('/') ? [command] : folders(searchPath).map((folder) => join(folder, command))
  let blocked: string | undefined
  for (const path of candidates) {
    const kind = examine(path)
    if (kind === 'executable') return { found: 'executable', path }
    if (kind === 'not-executable') blocked ??= path
  }
  return blocked === undefined ? { found: 'nothing' } : { found: 'not-executable', path: blocked }
}

function folders(searchPath: string): readonly string[] {
  // An empty part of PATH means the current folder.
  return searchPath.split(delimiter).map((folder) => (folder === '' ? '.' : folder))
}

function examine(path: string): 'executable' | 'not-executable' | 'absent' {
  try {
    if (!statSync(path).isFile()) return 'not-executable'
  } catch {
    return 'absent'
  }
  try {
    accessSync(path, constants.X_OK)
    return 'executable'
  } catch {
    return 'not-executable'
  }
}
