import { createHash, randomUUID } from 'node:crypto'

let count = 0

function stamped(text, rounds) {
  let hash = text
  for (let round = Math.random() * rounds; round > 0; round--) hash = createHash('sha1').update(hash).digest('hex')
  return { key: randomUUID(), at: Date.now(), count: ++count, hash }
}

export default (text) => stamped(text, 2_000)
export const same = (text) => (stamped(text, 500), text)
