/**
 * A rolling 32-bit check over bytes and numbers (murmur3's mixing). Two replicas that did the same hold the same value;
 * it guards against accidents, not against an adversary.
 */
export function mixNumber(digest: number, value: number): number {
  return mixWord(mixWord(digest, value | 0), Math.trunc(value / 2 ** 32) | 0)
}

export function mixBytes(digest: number, bytes: Uint8Array): number {
  let hash = mixWord(digest, bytes.length)
  const whole = bytes.length & ~3
  for (let at = 0; at < whole; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = mixWord(hash, word)
  }
  let tail = 0
  for (let at = whole; at < bytes.length; at++) tail = (tail << 8) | (bytes[at] as number)
  return whole === bytes.length ? hash : mixWord(hash, tail)
}

function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  const h = hash ^ Math.imul(k, 0x1b873593)
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) >>> 0
}
