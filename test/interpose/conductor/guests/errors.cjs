const fs = require('node:fs')

let caught = 0
process.on('uncaughtException', (error) => console.log('uncaught', error.message, ++caught))
process.on('unhandledRejection', (error) => console.log('unhandled', error.message, ++caught))

let n = 0
const interval = setInterval(() => {
  n++
  if (n === 12) clearInterval(interval)
  setImmediate(() => console.log('immediate before', n))
  setImmediate(() => {
    throw new Error(`immediate ${n}`)
  })
  setImmediate(() => console.log('immediate after', n))
  if (n % 3 === 0) void Promise.reject(new Error(`rejection ${n}`))
  if (n % 4 === 0)
    fs.stat('/nowhere', () => {
      throw new Error(`stat ${n}`)
    })
  if (n % 5 === 0)
    process.nextTick(() => {
      throw new Error(`tick ${n}`)
    })
  if (n % 2 === 0)
    queueMicrotask(() => {
      throw new Error(`microtask ${n}`)
    })
  setTimeout(() => {
    throw new Error(`timer ${n}`)
  }, 1)
  setTimeout(() => console.log('timer after', n, Date.now()), 1)
  throw new Error(`interval ${n}`)
}, 3)
throw new Error('main')
