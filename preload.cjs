'use strict'

// What `node -r` loads in every replica. Node warns about ES modules that are required and about its internals being
// used; the program's stderr must not show that, and its module cache must not show us.
const { emitWarning } = process
process.emitWarning = () => {}
try {
  require('./dist/preload/index.js')
} finally {
  process.emitWarning = emitWarning
  delete require.cache[require.resolve('./dist/preload/index.js')]
  delete require.cache[__filename]
}
