/** How a program hands what it knows to the next generation of its replicas. */
export interface Offer {
  /**
   * Returns all that the program needs to go on, as one value that structured clone can carry: plain objects, arrays,
   * `Map`, `Set`, `Date`, buffers; no functions, and of instances of classes the fields only. `undefined` says "not
   * now": it is asked again a little later. It must be synchronous; a promise cannot be carried. From then on nothing
   * of the program runs, unless the snapshot fails: then it goes on as if it had not been asked.
   */
  save(): unknown
  /**
   * Takes what `save` has returned, in the new generation. The program has started there as it always does, has called
   * `snapshot` again, and listens; clients come when this has returned, or when the promise that it returns is
   * fulfilled, and come as new connections. An error keeps the old generation.
   */
  restore(value: unknown): void | Promise<void>
}

/** Where LLFT, in a replica, is found. */
const HOOK = Symbol.for('llft.snapshot')

/**
 * Offers snapshots: call it once, while the program starts. Of several offers the last one counts. Outside of LLFT, and
 * in a worker thread, it does nothing.
 */
export function snapshot(offer: Offer): void {
  const { save, restore } = Object(offer) as Partial<Offer>
  if (typeof save !== 'function' || typeof restore !== 'function') {
    throw new TypeError('snapshot() expects an object with two functions: { save(), restore(value) }')
  }
  const hook: unknown = Reflect.get(globalThis, HOOK)
  if (typeof hook === 'function') (hook as (offer: Offer) => void)(offer)
}
