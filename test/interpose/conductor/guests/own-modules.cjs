// What parts of Node's library make of the time, by a clock that they have from the start of Node.
const { File } = require('node:buffer')
const crypto = require('node:crypto')
const readline = require('node:readline')
const { PassThrough } = require('node:stream')
const { setTimeout: sleep } = require('node:timers/promises')
const util = require('node:util')

console.log(new File([], 'name').lastModified, new globalThis.File([], 'name', { lastModified: 5 }).lastModified)
console.log(crypto.randomUUIDv7?.())
util.log?.('logged')

/** A line feed that comes long after its carriage return is a line of its own. */
async function lines(waitMs) {
  const input = new PassThrough()
  const found = []
  readline.createInterface({ input }).on('line', (line) => found.push(line))
  input.write('one\r')
  await sleep(waitMs)
  input.end('\ntwo\n')
  await sleep(5)
  console.log(found)
}

void lines(20)
  .then(() => lines(150))
  .then(() => console.log('done'))
