const { createHash } = require('node:crypto')
const workerpool = require('workerpool')

const SALT_MAX = 1_000_000
let stamped = 0

/** Takes a moment, another one each time. */
function stamp(head) {
  let text = `${++stamped}`
  for (let round = Math.random() * 200; round > 0; round--) text = createHash('sha1').update(text).digest('hex')
  const salt = (Number.parseInt(text.slice(0, 8), 16) + Math.floor(Math.random() * SALT_MAX)) % SALT_MAX
  return { ...head, salt }
}

workerpool.worker({ stamp })
