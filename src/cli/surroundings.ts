import type { BenchPaths } from '../bench/index.js'

/** What the commands are given by the process that they run in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly version: string
  /** The command line, without Node and the script. */
  readonly argv: readonly string[]
  /** The scripts of the package that other processes run. */
  readonly paths: { readonly preload: string; readonly gateway: string } & BenchPaths
}
