import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import type { SourceMapPayload } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../driver/index.js'

const MAPPING_URL = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm
const DATA_URL = /^data:application\/json[^,]*;base64,(.*)$/

/** Shows places in the source that a person writes, where a compiler has left a map to it, from a folder's view. */
export class SourcePlaces {
  readonly #folder: string
  /** Bounded by the files that the program consists of. */
  readonly #maps = new Map<string, SourceMap | undefined>()

  constructor(folder: string) {
    this.#folder = folder
  }

  readonly text = (place: Place): string => {
    const { file, line } = this.#original(place)
    const near = relative(this.#folder, file)
    return `${near.startsWith('..') ? file : near}:${line}`
  }

  #original(place: Place): Place {
    const { file, line, column } = place
    const entry = this.#mapOf(file)?.findEntry(line - 1, column - 1)
    if (entry === undefined || !('originalSource' in entry)) return place
    const { originalSource: source, originalLine, originalColumn } = entry
    const original = source.startsWith('file:') ? fileURLToPath(source) : resolve(dirname(file), source)
    return { file: original, line: originalLine + 1, column: originalColumn + 1 }
  }

  #mapOf(file: string): SourceMap | undefined {
    if (!this.#maps.has(file)) this.#maps.set(file, readMap(file))
    return this.#maps.get(file)
  }
}

/** A file that cannot be read, or a map that is none, leaves places as they are. */
function readMap(file: string): SourceMap | undefined {
  try {
    const url = [...readFileSync(file, 'utf8').matchAll(MAPPING_URL)].at(-1)?.[1]
    if (url === undefined) return undefined
    const data = DATA_URL.exec(url)?.[1]
    const text = data === undefined ? readFileSync(resolve(dirname(file), url), 'utf8') : atob64(data)
    return new SourceMap(JSON.parse(text) as SourceMapPayload)
  } catch {
    return undefined
  }
}

function atob64(data: string): string {
  return Buffer.from(data, 'base64').toString()
}
