'use strict'

// What only the garbage collector decides: whether a target is still there, and when a finalizer is called.
const refs = []
let finalized = 0
const registry = new FinalizationRegistry(() => finalized++)
for (let count = 0; count < 100; count++) {
  const target = { count }
  refs.push(new WeakRef(target))
  registry.register(target, count)
}

let turns = 0
const timer = setInterval(() => {
  globalThis.gc?.()
  console.log(refs.filter((ref) => ref.deref() !== undefined).length, 'alive', finalized, 'finalized')
  if (++turns === 4) clearInterval(timer)
}, 5)

// Regression: where nothing else refers to it, V8 forgets that somebody waits.
const vm = require('node:vm')
async function waits() {
  const wait = 'Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12).value'
  console.log(await vm.runInContext(wait, vm.createContext({})))
}
setTimeout(() => void waits(), 1)
