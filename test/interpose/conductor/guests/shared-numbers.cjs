// Buffers that two workers have made, one in the place of the other, are not taken for each other.
const { once } = require('node:events')
const { Worker } = require('node:worker_threads')

const makes = `
  const { parentPort } = require('node:worker_threads')
  parentPort.postMessage(new Int32Array(new SharedArrayBuffer(8)))`
const waits = `
  const { parentPort, workerData } = require('node:worker_threads')
  Atomics.store(workerData, 1, 1)
  parentPort.postMessage(Atomics.wait(workerData, 0, 0))`

async function made() {
  const worker = new Worker(makes, { eval: true })
  const [words] = await once(worker, 'message')
  await once(worker, 'exit')
  return words
}

async function main() {
  // A place is not taken again at once.
  const [first, , second] = [await made(), await made(), await made()]
  const waiting = new Worker(waits, { eval: true, workerData: first })
  while (Atomics.load(first, 1) === 0) Atomics.wait(first, 1, 0, 1)
  // It is in the queue when its turn after that one is over.
  for (let woken = 0; woken === 0; woken = Atomics.notify(first, 0)) console.log('wrong', Atomics.notify(second, 0))
  console.log('right', await once(waiting, 'message'))
}
void main()
