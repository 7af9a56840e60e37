import type { Descriptors } from '../files/descriptors.js'
import type { ChildLink } from './child-link.js'

/** The child processes that run, by their process ids; bounded by what the program starts. */
export class Children {
  /** The program's open files, which it may give to a child. */
  readonly descriptors: Descriptors
  readonly #running = new Map<number, ChildLink>()

  constructor(descriptors: Descriptors) {
    this.descriptors = descriptors
  }

  started(pid: number, link: ChildLink): void {
    this.#running.set(pid, link)
  }

  ended(pid: number): void {
    this.#running.delete(pid)
  }
}
