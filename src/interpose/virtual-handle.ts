import type { EdgeTerms } from './edge-terms.js'
import { Hold } from './hold.js'

/** Node's name for the kind of a handle, as `async_hooks` shows it. */
export type HandleType = 'TCPWRAP' | 'TCPSERVERWRAP' | 'PIPEWRAP' | 'SIGNALWRAP'

/**
 * What every handle that exists in JavaScript only has in common with a native one: an async id, a share in what
 * keeps the program alive, and callbacks that run in its own async context, so that AsyncLocalStorage works as on
 * plain Node.
 */
export abstract class VirtualHandle {
  readonly #terms: EdgeTerms
  readonly #hold: Hold
  readonly #asyncId: number
  readonly #triggerAsyncId: number
  #closed = false

  constructor(terms: EdgeTerms, type: HandleType, triggerAsyncId?: number) {
    this.#terms = terms
    this.#hold = new Hold(terms.operations)
    const { asyncScope } = terms.internals
    this.#asyncId = terms.operations.newAsyncId()
    this.#triggerAsyncId = triggerAsyncId ?? asyncScope.defaultTriggerAsyncId()
    asyncScope.emitInit(this.#asyncId, type, this.#triggerAsyncId, this)
  }

  protected get terms(): EdgeTerms {
    return this.#terms
  }

  protected get hold(): Hold {
    return this.#hold
  }

  get closed(): boolean {
    return this.#closed
  }

  getAsyncId(): number {
    return this.#asyncId
  }

  getProviderType(): number {
    return 0
  }

  ref(): void {
    this.hold.reference(true)
  }

  unref(): void {
    this.hold.reference(false)
  }

  hasRef(): boolean {
    return this.hold.referenced && !this.#closed
  }

  /**
   * `called` runs in a later operation, as libuv calls back at the end of its turn: errors are emitted before
   * 'close'.
   */
  close(called?: () => void): void {
    if (this.#closed) return
    this.#closed = true
    this.#hold.activate(false)
    this.released()
    this.terms.internals.later.setImmediate(() => {
      this.closing()
      if (typeof called === 'function') this.enter(() => called.call(this))
      this.terms.internals.asyncScope.emitDestroy(this.#asyncId)
    })
  }

  /** The handle is closed: what it stands for goes. For a handle that is more than its place in the loop. */
  protected released(): void {
    this.#hold.activate(false)
  }

  /** In the operation in which the program is called back for its `close`, before that. */
  protected closing(): void {}

  /** Runs a callback of this handle. */
  enter(call: () => void): void {
    const { asyncScope } = this.terms.internals
    asyncScope.emitBefore(this.#asyncId, this.#triggerAsyncId, this)
    try {
      call()
    } finally {
      asyncScope.emitAfter(this.#asyncId)
    }
  }
}
