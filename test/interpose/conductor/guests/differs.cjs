const { randomUUID } = require('node:crypto')

function answer() {
  const now = Date.now()
  console.log('answer', randomUUID())
  if (now % 7 < 8) setImmediate(() => console.log('more'))
}

setTimeout(answer, 1)
