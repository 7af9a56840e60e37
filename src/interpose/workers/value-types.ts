import { createRequire } from 'node:module'
import type * as Util from 'node:util'

const util = createRequire(import.meta.url)('node:util') as typeof Util

/** An `import` would evaluate all that `util` exports, some of it by loading what must not be loaded yet. */
export const types: (typeof Util)['types'] = util.types
