// A copy of the compiled core whose private fields can be read, perhaps with one rule taken out.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const ROOMS = ['base', 'message', 'core']

/** `mutant`: edits `[file, find, replace]`; the text to find must be there exactly once. */
export async function openCore(mutant) {
  const copy = mkdtempSync(join(tmpdir(), 'llft-explorer-'))
  try {
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }')
    for (const room of ROOMS) cpSync(join(DIST, room), join(copy, room), { recursive: true })
    for (const [file, find, replace] of mutant?.edits ?? []) mutate(join(copy, 'core', file), find, replace)
    for (const path of readdirSync(copy, { recursive: true })) if (path.endsWith('.js')) open(join(copy, path))
    const [core, limits] = await Promise.all(
      ['core/index.js', 'core/limits.js'].map((path) => import(pathToFileURL(join(copy, path)).href)),
    )
    return { Replica: core.Replica, Peer: core.Peer, DEFAULT_LIMITS: limits.DEFAULT_LIMITS }
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function mutate(path, find, replace) {
  const text = readFileSync(path, 'utf8')
  if (text.split(find).length !== 2) throw new Error(`not exactly once in ${path}: ${find}`)
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
}

/** Logs are copied with every state: their chunks shrink to what a small scope needs. */
function open(path) {
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replaceAll(/#(?=[A-Za-z])/g, '$').replace('CHUNK_BYTES = 1 << 18', 'CHUNK_BYTES = 64'))
}
