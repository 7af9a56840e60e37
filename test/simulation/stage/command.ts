import type { Scene } from './scene.js'

/** What stood for the braces of a form. */
export type Words = Readonly<Record<string, string>>

/** One thing that can be said in a play. */
export interface Command {
  /** How it is said; what is in braces varies. */
  readonly form: string
  readonly act: (scene: Scene, words: Words) => void
}
