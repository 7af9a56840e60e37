import { AsyncPlace } from '../async-place.js'
import type { AsyncScope } from '../edge-internals.js'
import type { Operations } from '../operations.js'
import { recordedPromise } from '../ordered-promise.js'
import { type Outcome, valueOf } from '../outcome.js'

/** `FSReqCallback`: carries the callback of an asynchronous call. */
export interface FsRequest {
  getAsyncId(): number
  oncomplete(error: unknown, value?: unknown): void
}

/** How a function of the binding is to answer: at once, with a promise, or by calling back. */
export type Request = 'sync' | 'promise' | FsRequest

/** A call whose result is the primary's. */
export interface RecordedCall {
  /** The binding's own function, at once; what it returns goes to `record`, what it throws too. */
  readonly atOnce: () => unknown
  /** The binding's own function, asynchronously. */
  readonly start: (request: unknown) => unknown
  /** Inside an operation: what the program gets, from what `produce` makes at the primary. */
  readonly record: (produce: () => unknown) => Outcome<unknown>
}

export interface RequestTerms {
  readonly operations: Operations
  readonly asyncScope: AsyncScope
  /** `kUsePromises` of the binding. */
  readonly usePromises: unknown
}

/** Answers calls of the `fs` binding in the way in which they were made. */
export class Requests {
  readonly #terms: RequestTerms

  constructor(terms: RequestTerms) {
    this.#terms = terms
  }

  /** What the binding was given as its request. */
  kindOf(argument: unknown): Request {
    if (argument === undefined) return 'sync'
    return argument === this.#terms.usePromises ? 'promise' : (argument as FsRequest)
  }

  /** Performed at the primary, natively if it may take its time; a backup waits for the outcome. */
  perform(request: Request, call: RecordedCall): unknown {
    if (request === 'sync') return valueOf(call.record(call.atOnce))
    if (request !== 'promise') return this.#called(request, call)
    const { operations, usePromises } = this.#terms
    const start = (): Promise<unknown> => call.start(usePromises) as Promise<unknown>
    return recordedPromise(operations, { ...call, start })
  }

  /**
   * Answers later, in an operation of its own. `begin` is given what it must call, in an ordered operation, with the
   * outcome.
   */
  settleLater(
    request: Exclude<Request, 'sync'>,
    begin: (settle: (outcome: Outcome<unknown>) => void) => void,
  ): unknown {
    const { asyncScope } = this.#terms
    if (request === 'promise') {
      return new Promise((resolve, reject) => {
        begin((outcome) => (outcome.error === undefined ? resolve(outcome.value) : reject(outcome.error)))
      })
    }
    const place = new AsyncPlace(asyncScope, { asyncId: request.getAsyncId(), resource: request })
    const done = request.oncomplete
    begin((outcome) => place.enter(() => callBack(request, done, outcome)))
    return undefined
  }

  /** Nothing is waited for, and still the answer comes later. */
  succeed(request: Request, value?: unknown): unknown {
    return request === 'sync' ? value : this.#settle(request, { value })
  }

  fail(request: Request, error: Error): unknown {
    if (request === 'sync') throw error
    return this.#settle(request, { error })
  }

  #settle(request: Exclude<Request, 'sync'>, outcome: Outcome<unknown>): unknown {
    const { operations } = this.#terms
    const asyncId = request === 'promise' ? operations.newAsyncId() : request.getAsyncId()
    return this.settleLater(request, (settle) => operations.complete(asyncId, () => settle(outcome)))
  }

  #called(request: FsRequest, call: RecordedCall): undefined {
    const { operations, asyncScope } = this.#terms
    const done = request.oncomplete
    if (operations.live) {
      request.oncomplete = (error, value): void => {
        const produce = (): unknown => {
          if (error instanceof Error) throw error
          return value
        }
        callBack(request, done, call.record(produce))
      }
      operations.outside(() => call.start(request))
      return
    }
    const of = { resource: request, triggerAsyncId: asyncScope.defaultTriggerAsyncId() }
    operations.complete(request.getAsyncId(), () => callBack(request, done, call.record(call.atOnce)), of)
  }
}

function callBack(request: FsRequest, done: FsRequest['oncomplete'], { error, value }: Outcome<unknown>): void {
  if (error !== undefined) {
    // As one that C++ makes where no JavaScript is running.
    error.stack = String(error)
    done.call(request, error)
  } else if (value === undefined) done.call(request, null)
  else done.call(request, null, value)
}
