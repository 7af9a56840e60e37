import { createRequire } from 'node:module'

/** An `import` would evaluate all that `util` exports, some of it by loading what must not be loaded yet. */
export const types: typeof import('node:util').types = (
  createRequire(import.meta.url)('node:util') as typeof import('node:util')
).types
