import type { AsyncScope } from './edge-internals.js'

/** A resource of the program, in the eyes of `async_hooks`. */
export interface AsyncIdentity {
  readonly asyncId: number
  readonly resource: object
  /** Whatever is running, if it is left out. */
  readonly triggerAsyncId?: number | undefined
}

/** Where something was begun, so that what runs for it later has the context of that place. */
export class AsyncPlace {
  readonly #scope: AsyncScope
  readonly #asyncId: number
  readonly #resource: object
  readonly #triggerAsyncId: number
  readonly #frame: unknown

  constructor(scope: AsyncScope, { asyncId, resource, triggerAsyncId }: AsyncIdentity) {
    this.#scope = scope
    this.#asyncId = asyncId
    this.#resource = resource
    this.#triggerAsyncId = triggerAsyncId ?? scope.defaultTriggerAsyncId()
    this.#frame = scope.frames.current()
  }

  enter(call: () => void): void {
    const { frames, emitBefore, emitAfter } = this.#scope
    const frame = frames.exchange(this.#frame)
    emitBefore(this.#asyncId, this.#triggerAsyncId, this.#resource)
    try {
      call()
    } finally {
      emitAfter(this.#asyncId)
      frames.exchange(frame)
    }
  }
}
