import type fs from 'node:fs'
import { createRequire } from 'node:module'

/**
 * `node:fs` for code that runs in a replica before the program. An `import` would make Node look at all that it
 * exports, and load much of its library with it, which would copy what is still to be replaced.
 */
export const nodeFiles: typeof fs = createRequire(import.meta.url)('node:fs') as typeof fs
