// A worker that shows what differs between replicas.
const { Worker } = require('node:worker_threads')

const source = `const { parentPort } = require('node:worker_threads')
  for (let at = 0; at < 5; at++) parentPort.postMessage([at, String(process.env.LLFT_OF_THE_REPLICA)])`
new Worker(source, { eval: true }).on('message', (message) => console.log(message[0]))
