import { nodeFiles } from '../adapters/index.js'

/**
 * Programs that only start the guest (determinizer.md A2), by the end of their main file's real path. They run
 * undeterminized, and hand our environment on.
 */
const WRAPPERS: readonly RegExp[] = [
  /\/npm\/bin\/np[mx]-cli\.js$/,
  /\/pnpm\/(?:[^/]+\/)?bin\/pnp[mx]\.[cm]?js$/,
  /\/yarn\/(?:[^/]+\/)?(?:bin\/)?yarn(?:pkg)?\.c?js$/,
  /\/\.yarn\/releases\/yarn-[^/]+\.c?js$/,
  /\/corepack\/dist\/[^/]+\.js$/,
  /\/tsx\/dist\/cli\.[cm]?js$/,
]

export function isWrapper(program: string | undefined): boolean {
  if (program === undefined) return false
  const path = realPathOf(program)
  return WRAPPERS.some((wrapper) => wrapper.test(path))
}

function realPathOf(program: string): string {
  try {
    return nodeFiles.realpathSync(program)
  } catch {
    return program
  }
}
