// Two threads write one place without `Atomics`: what the last one reads is no part of any order.
const { Worker } = require('node:worker_threads')

const words = new Int32Array(new SharedArrayBuffer(8))
const source = `
  const { parentPort, workerData: words } = require('node:worker_threads')
  parentPort.on('message', (what) => {
    if (what === 'read') parentPort.postMessage(words[0])
    else if (words[0] === 0) Atomics.add(words, 1, 1)
    if (what === 'end') process.exit()
  })`
const worker = new Worker(source, { eval: true, workerData: words })
// Stands for the moment at which another thread comes to it.
words[0] = Number(process.env.LLFT_OF_THE_REPLICA ?? 0)
worker.on('message', (message) => console.log('read', typeof message))
worker.on('exit', () => console.log('exit'))
if (process.argv[2] === 'value') worker.postMessage('read')
worker.postMessage('end')
