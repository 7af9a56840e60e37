// Bytes whose every position is checkable. The period is a prime, so that a lost or repeated piece of any usual size
// shifts the rest to something else.
const PERIOD = 65_521
const PIECE_BYTES_MAX = 65_536

const bytes = Buffer.alloc(PERIOD + PIECE_BYTES_MAX)
let word = 0x2545f491
for (let at = 0; at < PERIOD; at++) {
  word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0
  bytes[at] = word >>> 24
}
for (let at = PERIOD; at < bytes.length; at++) bytes[at] = bytes[at - PERIOD]

/** `length` bytes from `offset` on of the stream that `salt` names; the caller leaves them as they are. */
function pattern(salt, offset, length) {
  const start = (salt + offset) % PERIOD
  return bytes.subarray(start, start + length)
}

module.exports = { pattern, PIECE_BYTES_MAX }
