const { Worker, BroadcastChannel, MessageChannel } = require('node:worker_threads')
const src = `
const { parentPort, workerData, threadId } = require('node:worker_threads')
const { randomBytes, randomUUID, createHash } = require('node:crypto')
console.log('worker', threadId, 'starts', workerData, process.argv.length, process.execArgv, Object.keys(process.env).filter(n => /LLFT/.test(n)))
parentPort.on('message', ({ id, n }) => {
  let a = 0
  for (let i = 0; i < n * 20000; i++) a = (a * 31 + i) | 0
  parentPort.postMessage({ id, a, r: Math.random(), u: randomUUID(), d: new Date(), now: Date.now(), p: performance.now(), pid: process.pid, h: process.hrtime(), b: randomBytes(4), cwd: process.cwd(), buf: new Uint8Array(100) })
  if (id % 5 === 0) console.log('done', id)
  if (id === 20) process.stderr.write('err\\n')
})
`
const workers = [0, 1, 2].map((n) => new Worker(src, { eval: true, workerData: { n } }))
let id = 0
const order = []
let left = 60
for (const [i, w] of workers.entries()) {
  w.on('online', () => console.log('online', i))
  w.on('message', (m) => {
    order.push(i)
    console.log(JSON.stringify(m))
    if (--left === 0) end()
    else if (id < 60) w.postMessage({ id: ++id, n: (id * 7) % 13 })
  })
  w.on('error', (e) => console.log('error', e.stack))
  w.on('exit', (c) => console.log('exit', i, c))
  for (let k = 0; k < 5; k++) w.postMessage({ id: ++id, n: (id * 7) % 13 })
}
function end() {
  console.log(order.join(''))
  for (const w of workers) w.terminate().then((c) => console.log('terminated', c))
}
