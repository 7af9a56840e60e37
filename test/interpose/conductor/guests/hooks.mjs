import { createHook } from 'node:async_hooks'
import fs from 'node:fs'

// The program's own async hooks: what they see must be the same at every replica.
const seen = []
const hook = createHook({
  init: (id, type, trigger) => seen.push(`${type}${id}<${trigger}`),
  before: (id) => seen.push(`before${id}`),
  after: (id) => seen.push(`after${id}`),
}).enable()
for (let round = 0; round < 5; round++) {
  await fs.promises.stat('/')
  await new Promise((resolve) => fs.stat('/', resolve))
  await new Promise((resolve) => setTimeout(resolve, 2))
  await new Promise((resolve) => setImmediate(resolve))
}
hook.disable()
console.log(seen.join(' '))
await fs.promises.stat('/')
console.log(
  await new Promise((resolve) => fs.readFile(new URL(import.meta.url), (_error, data) => resolve(data.length))),
)
