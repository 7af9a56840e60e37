import { randomBytes, randomInt } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { pipeline } from 'node:stream/promises'
import { setInterval as every, setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { Writable } from 'node:stream'
import { executionAsyncId } from 'node:async_hooks'

const say = (...words) => console.log(executionAsyncId(), ...words)
const source = await readFile(new URL(import.meta.url))
say('top level', source.length, Date.now())
const { value } = await import('./esm-part.mjs')
say('imported', value, performance.now())
let ticks = 0
for await (const _ of every(2)) {
  say('every', ++ticks, new Date().toISOString())
  if (ticks === 4) break
}
let length = 0
const sink = new Writable({
  write(chunk, _encoding, done) {
    length += chunk.length
    done()
  },
})
await pipeline(createReadStream(new URL(import.meta.url)), createGzip(), sink)
say('piped', length)
const alive = setTimeout(() => undefined, 50)
const aborted = AbortSignal.timeout(3)
await new Promise((resolve) => aborted.addEventListener('abort', resolve))
say('aborted', aborted.reason.name, randomBytes(4).toString('hex'), randomInt(1000))
clearTimeout(alive)
await Promise.all(
  [1, 2, 3].map(async (part) => {
    const again = await import(`./esm-part.mjs?${part}`)
    await sleep(part)
    say('part', part, again.value)
  }),
)
