// A server that does one thing so many times when it is asked to (`Date.now 1000`), and says when it is done.
const { createHash, getRandomValues, pbkdf2, randomBytes, randomUUID } = require('node:crypto')
const { lookup } = require('node:dns')
const { readFile, readFileSync, statSync } = require('node:fs')
const { createServer } = require('node:net')
const { performance } = require('node:perf_hooks')
const { createInterface } = require('node:readline')
const { deflate } = require('node:zlib')

const text = Buffer.alloc(1000, 'text ')
const random = new Uint8Array(16)

/** What is done at once, and what calls back. */
const atOnce = {
  'nothing': () => {},
  'Date.now': () => Date.now(),
  'new Date': () => new Date(),
  'performance.now': () => performance.now(),
  'process.hrtime.bigint': () => process.hrtime.bigint(),
  'process.memoryUsage': () => process.memoryUsage(),
  'Math.random': () => Math.random(),
  'crypto.randomUUID': () => randomUUID(),
  'crypto.randomBytes': () => randomBytes(16),
  'crypto.getRandomValues': () => getRandomValues(random),
  'crypto.createHash': () => createHash('sha256').update(text).digest(),
  'fs.statSync': () => statSync(__filename),
  'fs.readFileSync': () => readFileSync(__filename),
}
const later = {
  'process.nextTick': (done) => process.nextTick(done),
  'setImmediate': (done) => setImmediate(() => done()),
  'setTimeout': (done) => setTimeout(() => done(), 1),
  'fs.readFile': (done) => readFile(__filename, done),
  'dns.lookup': (done) => lookup('localhost', done),
  'zlib.deflate': (done) => deflate(text, done),
  'crypto.pbkdf2': (done) => pbkdf2('password', 'salt', 1, 16, 'sha1', done),
}

/** What calls back is done one after the other. */
function work(name, count, done) {
  if (name in later) {
    const next = (left) => (left === 0 ? done() : later[name](() => next(left - 1)))
    next(count)
    return
  }
  const call = atOnce[name]
  for (let at = 0; at < count; at++) call()
  done()
}

createServer((socket) => {
  createInterface(socket).on('line', (line) => {
    const [name, count] = line.split(' ')
    work(name, Number(count), () => socket.write('done\n'))
  })
}).listen(Number(process.env.PORT))
