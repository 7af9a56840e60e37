'use strict'

// What `node -r` loads in every replica. Node warns about ES modules that are required and about its internals being
// used; the program's stderr must not show that, and its module cache must not show us.
const { emitWarning } = process
process.emitWarning = () => {}
const { internalBinding } = require('internal/test/binding')
const file = internalBinding('worker').isMainThread ? './dist/preload/index.js' : './dist/preload/thread.js'
try {
  require(file)
} finally {
  process.emitWarning = emitWarning
  delete require.cache[require.resolve(file)]
  delete require.cache[__filename]
}
