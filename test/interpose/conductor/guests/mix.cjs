const fs = require('node:fs')
const zlib = require('node:zlib')
const crypto = require('node:crypto')
const { promisify } = require('node:util')
const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks')

const als = new AsyncLocalStorage()
const say = (...words) => console.log(executionAsyncId(), ...words)

say('start', Date.now(), Math.random(), process.hrtime.bigint(), performance.now(), crypto.randomUUID())

function race(round) {
  const order = []
  const done = (name) => () => order.push(`${name}:${als.getStore()}`)
  return als
    .run(`r${round}`, () =>
      Promise.all([
        promisify(crypto.pbkdf2)('a', 'b', 3000, 16, 'sha256').then(done('pbkdf2')),
        promisify(zlib.gzip)('x'.repeat(20000)).then(done('gzip')),
        promisify(fs.stat)(__filename).then(done('stat')),
        fs.promises.readFile(__filename).then(done('readFile')),
        fs.promises.readdir(__dirname).then(done('readdir')),
        crypto.subtle.digest('SHA-256', Buffer.from('a')).then(done('digest')),
        promisify(crypto.randomFill)(Buffer.alloc(4)).then(done('randomFill')),
        new Promise((resolve) => setImmediate(resolve)).then(done('immediate')),
        new Promise((resolve) => setTimeout(resolve, 1)).then(done('timer')),
      ]),
    )
    .then(() => say('race', round, order.join(' ')))
}

const tick = setInterval(() => say('tick', Date.now(), Math.random()), 3)
async function main() {
  for (let round = 0; round < 6; round++) await race(round)
  const until = Date.now() + 10
  let spins = 0
  while (Date.now() < until) spins++
  say('spun', spins)
  const handle = await fs.promises.open(__filename)
  const { bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  say('read', bytesRead)
  await handle.close()
  for await (const chunk of fs.createReadStream(__filename, { highWaterMark: 256 })) say('chunk', chunk.length)
  const buffer = new Int32Array(new SharedArrayBuffer(4))
  say('waitAsync', await Atomics.waitAsync(buffer, 0, 0, 2).value)
  await WebAssembly.instantiate(Buffer.from('0061736d01000000', 'hex'))
  const { port1, port2 } = new MessageChannel()
  port1.postMessage('hello')
  say(await new Promise((resolve) => (port2.onmessage = (event) => resolve(event.data))))
  port1.close()
  say('intl', new Intl.DateTimeFormat('en', { fractionalSecondDigits: 3, second: 'numeric' }).format())
  say('event', new Event('x').timeStamp, performance.timeOrigin, process.uptime())
  clearInterval(tick)
}
void main()
process.on('beforeExit', () => say('beforeExit'))
process.on('exit', (code) => say('exit', code))
process.exitCode = 3
