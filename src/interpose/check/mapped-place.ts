import { findSourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Place, Site } from '../../driver/index.js'

/** In the source that a person writes, where a loader compiles it in memory and has told Node how (tsx does). */
export function mappedSite(site: Site): Site {
  const { at, through } = site
  const isOn = (process as unknown as { readonly sourceMapsEnabled?: boolean }).sourceMapsEnabled === true
  if (!isOn) return site
  return { ...site, at: at && mapped(at), through: through && mapped(through) }
}

function mapped(place: Place): Place {
  const { file, line, column } = place
  const map = findSourceMap(file) ?? findSourceMap(pathToFileURL(file).href)
  const entry = map?.findEntry(line - 1, column - 1)
  if (entry === undefined || !('originalSource' in entry)) return place
  const { originalSource: source, originalLine, originalColumn } = entry
  const original = source.startsWith('file:') ? fileURLToPath(source) : resolve(dirname(file), source)
  return { file: original, line: originalLine + 1, column: originalColumn + 1 }
}
