import type { Operations } from './operations.js'

/** One handle's share in what keeps the program alive: it counts while it is active and referenced, as in libuv. */
export class Hold {
  readonly #operations: Operations
  #active = false
  #referenced = true
  #counted = false

  constructor(operations: Operations) {
    this.#operations = operations
  }

  get referenced(): boolean {
    return this.#referenced
  }

  get counted(): boolean {
    return this.#counted
  }

  activate(active: boolean): void {
    this.#active = active
    this.#count()
  }

  reference(referenced: boolean): void {
    this.#referenced = referenced
    this.#count()
  }

  #count(): void {
    const counted = this.#active && this.#referenced
    if (counted === this.#counted) return
    this.#counted = counted
    this.#operations.holdOpen(counted ? 1 : -1)
  }
}
