import { AsyncPlace } from './async-place.js'
import type { EdgeTerms } from './edge-terms.js'
import type { HandleType, Listed } from './handles.js'
import { Hold } from './hold.js'

/**
 * What every handle that exists in JavaScript only has in common with a native one: an async id, a share in what
 * keeps the program alive, and callbacks that run in its own async context, so that AsyncLocalStorage works as on
 * plain Node.
 */
export abstract class VirtualHandle implements Listed {
  readonly type: HandleType
  readonly #terms: EdgeTerms
  readonly #hold: Hold
  readonly #asyncId: number
  readonly #place: AsyncPlace
  #closed = false

  constructor(terms: EdgeTerms, type: HandleType, triggerAsyncId?: number) {
    this.#terms = terms
    this.type = type
    terms.handles.add(this)
    this.#hold = new Hold(terms.operations)
    const { asyncScope } = terms.internals
    this.#asyncId = terms.operations.newAsyncId()
    const trigger = triggerAsyncId ?? asyncScope.defaultTriggerAsyncId()
    this.#place = new AsyncPlace(asyncScope, { asyncId: this.#asyncId, resource: this, triggerAsyncId: trigger })
    asyncScope.emitInit(this.#asyncId, type, trigger, this)
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

  get counted(): boolean {
    return this.#hold.counted
  }

  get owner(): unknown {
    return Reflect.get(this, this.#terms.internals.ownerSymbol) ?? this
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
    this.#terms.handles.remove(this)
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
    this.#place.enter(call)
  }
}
