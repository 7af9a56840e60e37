import { answerIn, readHead } from '../../load/index.js'
import type { MakeWork } from './serve.js'
import type { Store } from './store.js'

/** Counts each request in the store, and answers with the count; answers of a connection keep their order. */
export function countingWork(store: Store): MakeWork {
  return () => {
    /** Answers that wait for the ones before them; bounded by what a client has on its way. */
    const waiting: { readonly send: () => void; ready: boolean }[] = []
    return (body, reply) => {
      callClocks(readHead(body)?.number ?? 0)
      const count = store.next()
      if (typeof count === 'number') return reply(answerIn(body, count))
      const slot = { ready: false, send: () => undefined as void }
      waiting.push(slot)
      const settle = (number: number): void => {
        slot.send = () => reply(answerIn(body, number))
        slot.ready = true
        while (waiting[0]?.ready === true) waiting.shift()?.send()
      }
      // A request that the store could not take is not answered; its client calls it lost.
      count.then(settle, () => undefined)
    }
  }
}

/** What a program reads from the world, and LLFT has to put into its history. */
function callClocks(calls: number): void {
  for (let call = 0; call < calls; call += 2) {
    Date.now()
    if (call + 1 < calls) performance.now()
  }
}
