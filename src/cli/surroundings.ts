/** What the commands are given by the process that they run in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly version: string
  /** The scripts of the package that other processes run. */
  readonly paths: { readonly preload: string; readonly gateway: string }
}
