import { type AsyncHook, createHook } from 'node:async_hooks'
import type { Context } from './context.js'
import type { Internals, Trampoline } from './internals.js'
import type { Arrivals, Screen } from './operations.js'

/** A callback from C++ (or a piece of our own work) that becomes an operation when the primary says so. */
export interface Completion {
  readonly asyncId: number
  readonly triggerAsyncId: number
  /** Undefined: no async context is to be restored, `callback` does that itself. */
  readonly resource: object | undefined
  readonly frame: unknown
  readonly callback: (...args: unknown[]) => unknown
  readonly self: unknown
  readonly args: readonly unknown[]
}

/** For a callback that restores its async context itself, or has none. */
export const NO_RESOURCE = { resource: undefined, triggerAsyncId: 0 } as const

/** Completions that are not ordered yet, in the order of arrival; bounded by what the program has under way. */
export class Stash implements Arrivals {
  readonly #waiting: Map<number, Completion[]> = new Map()
  readonly #screens = new WeakMap<object, Screen>()

  screen(receiver: object, screen: Screen): void {
    this.#screens.set(receiver, screen)
  }

  forget(receiver: object): void {
    for (const [asyncId, queue] of this.#waiting) {
      const kept = queue.filter(({ self }) => self !== receiver)
      if (kept.length === 0) this.#waiting.delete(asyncId)
      else this.#waiting.set(asyncId, kept)
    }
  }

  withdraw(receiver: object, isWanted: (args: readonly unknown[]) => boolean): readonly unknown[] | undefined {
    for (const [asyncId, queue] of this.#waiting) {
      const at = queue.findIndex(({ self, args }) => self === receiver && isWanted(args))
      if (at === -1) continue
      const [withdrawn] = queue.splice(at, 1)
      if (queue.length === 0) this.#waiting.delete(asyncId)
      return withdrawn?.args
    }
    return undefined
  }

  /** Whether what C++ calls back is to happen at all. */
  admits({ self, args }: Completion): boolean {
    return this.#screens.get(self as object)?.arrives(args) ?? true
  }

  /** It may come at any time, and is always put off until it is in order. */
  isScreened({ self }: Completion): boolean {
    return this.#screens.has(self as object)
  }

  #isReady({ self }: Completion): boolean {
    return this.#screens.get(self as object)?.ready?.() ?? true
  }

  get empty(): boolean {
    return this.#waiting.size === 0
  }

  push(completion: Completion): void {
    const queue = this.#waiting.get(completion.asyncId)
    if (queue === undefined) this.#waiting.set(completion.asyncId, [completion])
    else queue.push(completion)
  }

  has(asyncId: number): boolean {
    return this.#waiting.has(asyncId)
  }

  /** The oldest of one async id: what happens several times to one resource stays in order. */
  take(asyncId: number): Completion {
    const queue = this.#waiting.get(asyncId) as Completion[]
    const completion = queue.shift() as Completion
    if (queue.length === 0) this.#waiting.delete(asyncId)
    return completion
  }

  takeOldest(): Completion | undefined {
    for (const [asyncId, [oldest]] of this.#waiting) {
      if (this.#isReady(oldest as Completion)) return this.take(asyncId)
    }
    return undefined
  }
}

/** Arguments that C++ reuses for the next call must be copied before a completion is put off. */
export function keepable(value: unknown): unknown {
  const reused = value instanceof Float64Array || value instanceof BigInt64Array || value instanceof Uint32Array
  return reused ? value.slice() : value
}

interface NativeResource {
  getAsyncId(): number
  asyncReset(resource: object): void
}

function isNativeResource(value: unknown): value is NativeResource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asyncReset' in value &&
    typeof value.asyncReset === 'function' &&
    'getAsyncId' in value &&
    typeof value.getAsyncId === 'function'
  )
}

/** A resource that was born in C++ outside an operation gets an id of the program's range (determinizer.md B4). */
export function adopt(context: Context, value: unknown): void {
  if (isNativeResource(value) && context.isOwn(value.getAsyncId())) value.asyncReset(value)
}

/** Returns what the callback does. */
export function runCompletion(internals: Internals, context: Context, completion: Completion): unknown {
  const { asyncId, triggerAsyncId, resource, frame, callback, self, args } = completion
  for (const argument of args) adopt(context, argument)
  if (resource === undefined) return Reflect.apply(callback, self, args)
  internals.contextFrames.exchange(frame)
  internals.asyncHooks.emitBefore(asyncId, triggerAsyncId, resource)
  const result = Reflect.apply(callback, self, args)
  internals.asyncHooks.emitAfter(asyncId)
  internals.contextFrames.exchange(undefined)
  return result
}

/** Who is called for the entries from C++ that are the program's. */
export interface CompletionTarget {
  readonly arrivals: Stash
  /** Returns what C++ gets, of a callback that runs at once. */
  completed(completion: Completion): unknown
  /** Node found nothing more to do: `beforeExit`, or, `over`, the end. */
  loopEmpty(over: boolean): void
  unordered(run: () => void): void
}

export interface TrampolineTerms {
  readonly internals: Internals
  readonly context: Context
  readonly target: CompletionTarget
  /** Left out by a test: completions run when they happen. */
  readonly ordered: boolean
}

/** Puts every entry from C++ into JavaScript under the conductor's control (determinizer.md B4). */
export function installTrampoline({ internals, context, target, ordered }: TrampolineTerms): void {
  const { contextFrames } = internals
  const { constants, async_id_fields: ids } = internals.asyncWrap
  const pass = nodesTrampoline(internals)
  const trampoline: Trampoline = function (asyncId, resource, callback, ...args) {
    if (context.inside) return Reflect.apply(pass, this, [asyncId, resource, callback, ...args])
    if (context.isOwn(asyncId)) {
      const event = asyncId === 0 && this === process ? args[0] : undefined
      if (event === 'beforeExit' || event === 'exit') return target.loopEmpty(event === 'exit')
      return Reflect.apply(pass, this, [asyncId, resource, callback, ...args])
    }
    const triggerAsyncId = ids[constants.kTriggerAsyncId] as number
    const frame = contextFrames.current()
    const completion: Completion = { asyncId, triggerAsyncId, resource, frame, callback, self: this, args }
    if (!target.arrivals.admits(completion)) return undefined
    if (ordered) return target.completed(completion)
    target.unordered(() => runCompletion(internals, context, completion))
    return undefined
  }
  armTrampoline(internals, trampoline)
}

/** What Node's own trampoline does. */
export function nodesTrampoline({ asyncWrap, asyncHooks }: Internals): Trampoline {
  const { constants, async_hook_fields: fields, execution_async_resources } = asyncWrap
  return function (asyncId, resource, callback, ...args) {
    execution_async_resources[(fields[constants.kStackLength] as number) - 1] = resource
    if (asyncId !== 0 && (fields[constants.kBefore] as number) > 0) asyncHooks.nativeHooks.before(asyncId)
    const result = Reflect.apply(callback, this, args)
    if (asyncId !== 0 && (fields[constants.kAfter] as number) > 0) asyncHooks.nativeHooks.after(asyncId)
    execution_async_resources.pop()
    return result
  }
}

/** Has every entry from C++ go through `trampoline`, whatever async hooks are switched on and off. */
export function armTrampoline({ asyncWrap }: Internals, trampoline: Trampoline): void {
  const { constants, async_hook_fields: fields } = asyncWrap
  const arm = (): void => {
    asyncWrap.setCallbackTrampoline(trampoline)
    fields[constants.kUsesExecutionAsyncResource] = 1
  }
  arm()
  // Node installs its own trampoline when hooks are switched on and takes it out when they are switched off.
  const prototype = Object.getPrototypeOf(createHook({})) as AsyncHook
  for (const name of ['enable', 'disable'] as const) {
    const original = prototype[name]
    const rearming = {
      [name](this: AsyncHook): AsyncHook {
        const hook = Reflect.apply(original, this, [])
        arm()
        return hook
      },
    }[name] as () => AsyncHook
    Object.defineProperty(prototype, name, { value: rearming, writable: true, enumerable: false, configurable: true })
  }
}
