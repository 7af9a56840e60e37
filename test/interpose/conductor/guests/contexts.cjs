// Contexts of node:vm: each has a clock, a chance and a collector of its own.
const vm = require('node:vm')

const look = `[
  Date.now(), new Date().getTime(), Date().length > 0, new (class extends Date {})().getTime(), Math.random(),
  new Intl.DateTimeFormat('en', { fractionalSecondDigits: 3, second: 'numeric' }).format(),
  new Date() instanceof Date, Date instanceof Function, Date.name, Date.length, new WeakRef({}).deref() !== undefined,
  Object.getOwnPropertyNames(Date).join(), typeof Temporal === 'undefined' || String(Temporal.Now.instant()),
]`
const say = (...words) => console.log(...words.map((word) => JSON.stringify(word)))

const context = vm.createContext({ given: 1 })
say(vm.runInContext(look, context), vm.runInContext(look, context))
say(Object.keys(context), JSON.stringify(context), vm.isContext(context), context === vm.createContext(context))
say(vm.runInNewContext(look), vm.runInNewContext(look, {}), new vm.Script(look).runInNewContext({ given: 2 }))
say(vm.runInNewContext('[Date, Math.random()]', { Date: 5 }), vm.runInNewContext('Math.x', { Math: { x: 1 } }))
say(vm.runInNewContext(look, undefined, { contextName: 'named', microtaskMode: 'afterEvaluate' }))
say(
  vm.runInNewContext('var Date = 1; let Math = 2; [Date, Math]'),
  vm.runInNewContext('function Date() {}; typeof Date'),
)
say(vm.runInContext('new Date(0).constructor === Date', context), vm.runInContext('Date.UTC(2020, 1)', context))
for (const attempt of [
  () => vm.createContext('x'),
  () => vm.runInNewContext('1', {}, { contextName: 5 }),
  () => vm.createContext({}, { name: 5 }),
]) {
  try {
    say(attempt())
  } catch (error) {
    say(error.code, error.message)
  }
}
vm.runInContext(
  `globalThis.later = async () => {
    await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))
    return Date.now()
  }`,
  context,
)
setTimeout(() => void later(), 5)

async function later() {
  say(await context.later(), vm.runInContext(look, context))
  const wait = 'Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3).value'
  say(await vm.runInContext(wait, context), vm.runInContext('Date.now()', context))
}
