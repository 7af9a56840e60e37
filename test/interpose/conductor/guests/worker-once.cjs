// A worker says all that it has at once; each message is asked for by itself, with something between.
const { once } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')
const { Worker } = require('node:worker_threads')

const source = `const { parentPort } = require('node:worker_threads')
  for (let at = 0; at < 30; at++) parentPort.postMessage(at)
  parentPort.once('message', () => parentPort.postMessage('bye'))`

async function main() {
  const worker = new Worker(source, { eval: true })
  const heard = []
  while (heard.length < 30) {
    const [message] = await once(worker, 'message')
    heard.push(message)
    await sleep(1)
  }
  console.log(heard.join(' '))
  worker.postMessage('end')
  console.log(...(await once(worker, 'message')), ...(await once(worker, 'exit')))
}
void main()
