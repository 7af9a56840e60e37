// A copy of the compiled core whose private fields can be read, perhaps with one rule taken out.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { plant } from '../mutants/plant.js'

const ROOMS = ['base', 'message', 'core']

export async function openCore(mutant) {
  const copy = plant(ROOMS, mutant?.edits)
  try {
    for (const path of readdirSync(copy, { recursive: true })) if (path.endsWith('.js')) open(join(copy, path))
    const [core, limits] = await Promise.all(
      ['core/index.js', 'core/limits.js'].map((path) => import(pathToFileURL(join(copy, path)).href)),
    )
    return { Replica: core.Replica, Peer: core.Peer, DEFAULT_LIMITS: limits.DEFAULT_LIMITS }
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Logs are copied with every state: their chunks shrink to what a small scope needs. */
function open(path) {
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replaceAll(/#(?=[A-Za-z])/g, '$').replace('CHUNK_BYTES = 1 << 18', 'CHUNK_BYTES = 64'))
}
