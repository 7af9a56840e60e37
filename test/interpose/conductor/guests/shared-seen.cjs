// The main thread looks, again and again, how far a worker has come.
const { Worker } = require('node:worker_threads')

const words = new Int32Array(new SharedArrayBuffer(4))
const source = `
  const { workerData: words } = require('node:worker_threads')
  for (let count = 0; count < 300_000; count++) Atomics.add(words, 0, 1)`
const worker = new Worker(source, { eval: true, workerData: words })
let over = false
worker.on('exit', () => (over = true))

function look() {
  console.log(Atomics.load(words, 0))
  if (!over) setTimeout(look, 1)
}
look()
