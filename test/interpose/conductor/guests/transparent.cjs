// What a program can see of the replaced functions; the same as on plain Node, so the output is compared.
const shape = (owner, name) => {
  const { value, get, ...rest } = Object.getOwnPropertyDescriptor(owner, name)
  const of = value ?? get
  return JSON.stringify({ name: of.name, length: of.length, accessor: get !== undefined, ...rest })
}
const places = {
  Date: [globalThis, 'Date'],
  now: [Date, 'now'],
  parse: [Date, 'parse'],
  prototype: [Date.prototype, 'constructor'],
  random: [Math, 'random'],
  uptime: [process, 'uptime'],
  memoryUsage: [process, 'memoryUsage'],
  rss: [process.memoryUsage, 'rss'],
  cpuUsage: [process, 'cpuUsage'],
  hrtime: [process, 'hrtime'],
  bigint: [process.hrtime, 'bigint'],
  timeStamp: [Event.prototype, 'timeStamp'],
  format: [Intl.DateTimeFormat.prototype, 'format'],
  parts: [Intl.DateTimeFormat.prototype, 'formatToParts'],
  compile: [WebAssembly, 'compile'],
  instantiate: [WebAssembly, 'instantiate'],
  compileStreaming: [WebAssembly, 'compileStreaming'],
  waitAsync: [Atomics, 'waitAsync'],
  WeakRef: [globalThis, 'WeakRef'],
  register: [FinalizationRegistry.prototype, 'register'],
  createContext: [require('vm'), 'createContext'],
  runInNewContext: [require('vm'), 'runInNewContext'],
  scriptInNewContext: [require('vm').Script.prototype, 'runInNewContext'],
  resources: [process, 'getActiveResourcesInfo'],
  enable: [Object.getPrototypeOf(require('async_hooks').createHook({})), 'enable'],
}
for (const [name, [owner, key]] of Object.entries(places)) console.log(name, shape(owner, key))
for (const name of Reflect.ownKeys(Date)) console.log('Date', String(name), shape2(Date, name))
function shape2(owner, name) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(owner, name)
  return typeof value + JSON.stringify(rest)
}
class Sub extends Date {}
console.log(new Sub() instanceof Date, new Sub(0).getTime(), Object.getPrototypeOf(new Sub()) === Sub.prototype)
console.log(typeof Date(), Date().length, new Date(2020, 1, 3).getMonth(), new Date('2020-01-01').toISOString())
console.log(new Date(undefined).getTime(), new Date(null).getTime(), Date.length, Date.name)
console.log(
  Object.prototype.toString.call(new Date()),
  Object.getPrototypeOf(Reflect.construct(Date, [5], Map)) === Map.prototype,
)
console.log(new Date(new Date(7)).getTime(), new Date().getTime() > 0, structuredClone(new Date(3)).getTime())
console.log(
  process.execArgv.length >= 0,
  typeof process.pid,
  require('util').inspect(Date),
  typeof performance.timeOrigin,
)
const formatter = new Intl.DateTimeFormat('en', { timeZone: 'UTC' })
console.log(formatter.format === formatter.format, formatter.format.name === '', formatter.format.length)
console.log(formatter.format(0), formatter.formatToParts(0).length, formatter.format(new Date(0)))
