// A copy of compiled rooms with a fault planted in their text.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

/** `edits`: `[file below core, text to find, text instead]`; what is to be found must be there exactly once. */
export function plant(rooms, edits = []) {
  const folder = mkdtempSync(join(tmpdir(), 'llft-planted-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const room of rooms) cpSync(join(DIST, room), join(folder, room), { recursive: true })
  for (const [file, find, replace] of edits) edit(join(folder, 'core', file), find, replace)
  return folder
}

function edit(path, find, replace) {
  const text = readFileSync(path, 'utf8')
  if (text.split(find).length !== 2) throw new Error(`not exactly once in ${path}: ${find}`)
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
}
