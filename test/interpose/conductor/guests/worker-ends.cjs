// Workers that end in every way, some of them while they are heard.
const path = require('node:path')
const { Worker, MessageChannel, BroadcastChannel } = require('node:worker_threads')

const run = (source, options) => new Worker(source, { eval: true, ...options })
const show = (name, worker) => {
  worker.on('online', () => console.log(name, 'online'))
  worker.on('message', (message) => console.log(name, 'says', JSON.stringify(message)))
  worker.on('error', (error) => console.log(name, 'fails', error.stack))
  worker.on('exit', (code) => console.log(name, 'exits', code))
  return worker
}
const POSTS = `const { parentPort, workerData, getEnvironmentData } = require('node:worker_threads')
  const post = (value) => parentPort.postMessage(value);`

show('silent', run(''))
show('exit', run(`${POSTS} for (let n = 0; n < 50; n++) post(n); console.log('leaves'); process.exit(3)`))
show('error', run(`${POSTS} post('before'); null.x`))
show('rejection', run(`${POSTS} parentPort.on('message', async () => { throw new RangeError('late') })`)).postMessage(1)
show('missing', new Worker('/nowhere.cjs'))
show('handled', run(`process.on('uncaughtException', () => process.exit(5)); throw 1`))
show('once', run(`${POSTS} parentPort.once('message', (message) => post(structuredClone([message])))`)).postMessage('x')
const closes = show(
  'closes',
  run(`${POSTS} parentPort.on('message', (at) => { post(at); if (at === 2) parentPort.close() })`),
)
for (let at = 0; at < 9; at++) closes.postMessage(at)
const file = path.join(__dirname, 'worker-module.mjs')
const module_ = show('module', new Worker(file, { workerData: 'given', execArgv: process.execArgv }))
for (const message of ['first', 'second', 'last']) module_.postMessage(message)
show('env', run(`${POSTS} post([process.env.ONLY, Object.keys(process.env).length])`, { env: { ONLY: 1 } }))
show('argv', run(`${POSTS} post(process.argv.slice(2))`, { argv: ['a', 2], name: 'named' }))
const bytes = new Uint8Array(1000).fill(7)
show(
  'moves',
  run(`${POSTS} parentPort.on('message', (b) => { post(b.length, [b.buffer]); parentPort.close() })`),
).postMessage(bytes, [bytes.buffer])
console.log('moved', bytes.length)
const piped = run('console.log("to its parent"); console.error("too")', { stdout: true, stderr: true })
piped.stdout.on('data', (text) => console.log('piped', String(text)))
piped.stderr.on('data', (text) => console.log('piped', String(text)))

// Stopped while it talks: nobody hears more than the primary has heard.
const endless = show('endless', run(`${POSTS} for (let n = 0; ; n++) { post(n); if (n % 100 === 0) console.log(n) }`))
let heard = 0
endless.on('message', () => {
  if (++heard === 20) endless.terminate().then((code) => console.log('stopped', code, heard))
})
show('early', run('for (;;);'))
  .terminate()
  .then((code) => console.log('stopped early', code))

// Ports and channels of the main thread go on beside them.
const { port1, port2 } = new MessageChannel()
const [channel, other] = [new BroadcastChannel('all'), new BroadcastChannel('all')]
other.onmessage = ({ data }) => console.log('broadcast', data)
port2.on('message', (message) => {
  console.log('port', message)
  channel.postMessage(message)
  if (message < 5) port1.postMessage(message + 1)
  else for (const each of [port1, channel, other]) setImmediate(() => each.close())
})
port1.postMessage(0)
process.on('exit', () => console.log('the end'))
