// Two workers that compute, with everything of chance and time that a worker has, asked as fast as they answer.
const { Worker } = require('node:worker_threads')

const source = `
  const { parentPort, workerData, threadId } = require('node:worker_threads')
  const { randomBytes, randomUUID } = require('node:crypto')
  console.log('worker', threadId, workerData, process.cwd() === workerData.folder)
  parentPort.on('message', ({ id, work }) => {
    let sum = 0
    for (let step = 0; step < work * 20_000; step++) sum = (sum * 31 + step) | 0
    const began = Date.now()
    while (Date.now() < began + 2);
    const chance = [Math.random(), randomUUID(), randomBytes(4)]
    const time = [new Date(), performance.now(), process.hrtime(), performance.timeOrigin, new Event('x').timeStamp]
    const host = [process.pid, require('node:os').cpus().length, require('node:os').hostname()]
    parentPort.postMessage({ id, sum, chance, time, host })
    if (id % 5 === 0) console.log('done', id)
    if (id % 7 === 0) console.error('seven', id)
  })`
const LAST = 40
const workers = [0, 1].map(
  (number) => new Worker(source, { eval: true, workerData: { number, folder: process.cwd() } }),
)
const order = []
let asked = 0

const ask = (worker) => worker.postMessage({ id: ++asked, work: (asked * 7) % 13 })
const stop = async () => {
  console.log(order.join(''))
  for (const worker of workers) console.log('terminated', await worker.terminate())
}
for (const [index, worker] of workers.entries()) {
  worker.on('online', () => console.log('online', index))
  worker.on('exit', (code) => console.log('exit', index, code))
  worker.on('message', (message) => {
    order.push(index)
    console.log(JSON.stringify(message))
    if (asked < LAST) ask(worker)
    else if (order.length === LAST) void stop()
  })
  for (let first = 0; first < 5; first++) ask(worker)
}
