import type { EdgeInternals } from '../edge-internals.js'
import { replaceFunction } from '../replace.js'
import { textBytes } from '../write-chunks.js'

/** How a whole file is to be opened, and what is to stand in it. */
export interface Asked {
  readonly flags: number
  readonly mode: number
  readonly data: ArrayBufferView
}

interface Options {
  readonly flag?: string | number
  readonly mode?: string | number
  readonly encoding?: BufferEncoding
}

interface Utils {
  getOptions(options: unknown): Options
  stringToFlags(flag: string | number | undefined): number
}

interface Validators {
  parseFileMode(mode: unknown, name: string, otherwise: number): number
}

type Files = Record<'readFile' | 'writeFile', (...given: readonly unknown[]) => unknown>

const MODE = 0o666

/** What `fs.readFile` and `fs.writeFile` were called with, while they run. */
export function noteAsked({ module }: EdgeInternals): () => Asked {
  const files = module<Files>('fs')
  const { getOptions, stringToFlags } = module<Utils>('internal/fs/utils')
  const { parseFileMode } = module<Validators>('internal/validators')
  let last: { readonly options: unknown; readonly otherwise: string; readonly data?: unknown } | undefined
  const { readFile, writeFile } = files
  replaceFunction(files, 'readFile', (...given: unknown[]) => {
    last = { options: given[1], otherwise: 'r' }
    return readFile.apply(files, given)
  })
  replaceFunction(files, 'writeFile', (...given: unknown[]) => {
    last = { options: given[2], otherwise: 'w', data: given[1] }
    return writeFile.apply(files, given)
  })
  return () => {
    const { flag, mode, encoding } = getOptions(last?.options)
    const data = last?.data
    return {
      flags: stringToFlags(flag || last?.otherwise),
      mode: parseFileMode(mode, 'mode', MODE),
      data: typeof data === 'string' ? textBytes(data, encoding || 'utf8') : (data as ArrayBufferView),
    }
  }
}
