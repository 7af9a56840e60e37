/**
 * Whom each room may know: the import law. `src/<room>/tsconfig.json` and docs/architecture.md say the same, and the
 * test compares the three. Effects point to meaning, never back.
 */
export const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  app: [],
  base: [],
  message: ['base'],
  wire: ['base', 'message'],
  core: ['base', 'message'],
  driver: ['base', 'message', 'wire', 'core'],
  sim: ['base', 'message', 'wire', 'core', 'driver'],
  adapters: ['base', 'message', 'driver'],
  errors: ['base'],
  config: ['base', 'errors'],
  interpose: ['base', 'message', 'driver'],
  preload: ['base', 'message', 'wire', 'core', 'driver', 'adapters', 'interpose'],
  gateway: ['base', 'message', 'wire', 'core', 'driver', 'adapters'],
  admin: ['base', 'errors', 'config'],
  supervisor: ['base', 'message', 'wire', 'core', 'driver', 'adapters', 'gateway', 'errors', 'config', 'admin'],
  load: ['base'],
  bench: ['base', 'errors', 'config', 'admin', 'load'],
  check: ['base', 'driver', 'errors', 'config', 'supervisor'],
  cli: ['base', 'errors', 'config', 'supervisor', 'admin', 'gateway', 'bench', 'check'],
}

/** The three parts of LLFT: each stands alone, only core's other folders know them together. */
export const CORE_PARTS: readonly string[] = ['messaging', 'membership', 'determinizer']

/** Built-in modules are effects; these rooms have none (no `types` in their tsconfig, so `process` is unknown too). */
export const PURE_ROOMS: readonly string[] = [
  'app',
  'base',
  'message',
  'wire',
  'core',
  'driver',
  'sim',
  'errors',
  'config',
]

/**
 * Which rooms may use a dependency. What is loaded into the user's process has none: a dependency's own timers and
 * randomness would pass through the determinizer.
 */
export const ROOMS_WITH_DEPENDENCIES: readonly string[] = ['supervisor', 'admin', 'load', 'bench', 'cli']

/** The house numbers. */
export const FILE_LINES_MAX = 400
export const FILE_LINES_MEDIAN_BELOW = 150
export const FUNCTION_LINES_MAX = 60
export const LINE_LENGTH_MAX = 120
export const PARAMETERS_MAX = 3
