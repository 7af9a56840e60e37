import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where Debian puts servers, which a user's PATH does not have. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin']

/** The full path of a program, or undefined. */
export function installed(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SERVER_FOLDERS]
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

/** Why it cannot be used; undefined when all of them are installed. `packages`: what Debian calls them. */
export function missing(programs: readonly string[], packages: string): string | undefined {
  const absent = programs.filter((program) => installed(program) === undefined)
  return absent.length === 0 ? undefined : `${absent.join(' and ')} not installed (Debian: ${packages})`
}

/** PostgreSQL keeps its programs in a folder for each version; the newest is taken. */
export function postgresFolder(): string | undefined {
  const versions = '/usr/lib/postgresql'
  try {
    const newest = readdirSync(versions).toSorted((left, right) => Number(right) - Number(left))
    return newest
      .map((version) => join(versions, version, 'bin'))
      .find((folder) => isExecutable(join(folder, 'initdb')))
  } catch {
    return undefined
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
