// Two workers take turns far more often than the ring of the order has room for, while the main thread is busy, while
// it waits for them inside its operation, and while it is idle.
const { Worker } = require('node:worker_threads')

const ROUNDS = 3000
const words = new Int32Array(new SharedArrayBuffer(16))
const source = `
  const { parentPort, workerData: { number, words, ROUNDS } } = require('node:worker_threads')
  parentPort.on('message', (upTo) => {
    for (let turn = Atomics.load(words, 0); turn < upTo; turn = Atomics.load(words, 0)) {
      if (turn % 2 !== number) Atomics.wait(words, 0, turn)
      else {
        Atomics.add(words, 0, 1)
        Atomics.notify(words, 0)
      }
    }
    Atomics.add(words, 1, 1)
    Atomics.notify(words, 1)
    parentPort.postMessage('done')
  })`
const workers = [0, 1].map((number) => new Worker(source, { eval: true, workerData: { number, words, ROUNDS } }))

const both = () => Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))))
const post = (upTo) => workers.forEach((worker) => worker.postMessage(upTo))

async function main() {
  post(ROUNDS)
  let sum = 0
  for (let step = 0; step < 60_000_000; step++) sum = (sum * 31 + step) | 0
  console.log('busy', sum)
  await both()
  post(2 * ROUNDS)
  for (let done = Atomics.load(words, 1); done < 4; done = Atomics.load(words, 1)) Atomics.wait(words, 1, done)
  console.log('waited', Atomics.load(words, 0))
  await both()
  post(3 * ROUNDS)
  await both()
  console.log('idle', Atomics.load(words, 0))
  process.exit()
}
void main()
