// One worker says all that it has at once, after another has said something; each message is asked for by itself.
const { once } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')
const { Worker } = require('node:worker_threads')

// How long each computes before it speaks is not the same at every replica.
const compute = (name) => `for (let at = Number(process.env.${name}); at > 0; at--);
  const { parentPort } = require('node:worker_threads');`
const slow = new Worker(`${compute('STEPS_OF_ONE')} parentPort.postMessage('first')`, { eval: true })
const source = `${compute('STEPS_OF_ALL')} for (let at = 0; at < 9; at++) parentPort.postMessage(at)
  parentPort.once('message', () => parentPort.postMessage('bye'))`
const worker = new Worker(source, { eval: true })
slow.on('message', console.log)

async function main() {
  const heard = []
  while (heard.length < 9) {
    const [message] = await once(worker, 'message')
    heard.push(message)
    await sleep(1)
  }
  console.log(heard.join(' '))
  worker.postMessage('end')
  console.log(...(await once(worker, 'message')), ...(await once(worker, 'exit')))
}
void main()
