import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { ChunkFile } from '../adapters/index.js'
import { llftError } from '../errors/index.js'

/** For large temporary files; unlike `/tmp` it is hardly ever a file system in memory (FHS). */
const LARGE_TEMPORARY_FILES = '/var/tmp'

export interface Journal {
  /** Where every process of the group lays history away; undefined where no file can be made. */
  readonly folder: string | undefined
  /** The console's own. */
  readonly store: ChunkFile | undefined
}

/** Raises `LLFT_E_USAGE_JOURNAL` for a folder that was asked for and cannot be used. */
export function openJournal(asked: string | undefined, name: string): Journal {
  const folder = asked ?? (existsSync(LARGE_TEMPORARY_FILES) ? LARGE_TEMPORARY_FILES : tmpdir())
  try {
    return { folder, store: new ChunkFile(folder, name) }
  } catch (error) {
    if (asked === undefined) return { folder: undefined, store: undefined }
    throw llftError('LLFT_E_USAGE_JOURNAL', { folder, cause: (error as Error).message })
  }
}
