// Channels between the main thread and its workers, beside their own: taken by events and by `receiveMessageOnPort`.
const { MessageChannel, receiveMessageOnPort, Worker } = require('node:worker_threads')

const source = `
  const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads')
  const busy = (steps) => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum = (sum * 31 + step) | 0
    return sum
  }
  const heard = []
  const { words, first } = workerData
  first.on('message', (what) => heard.push('first ' + what))
  parentPort.on('message', ({ what, port }) => {
    heard.push('parent ' + what)
    if (port !== undefined) return attach(port)
    if (what !== 'report') return
    parentPort.postMessage(heard.splice(0))
  })
  function attach(port) {
    port.on('message', (task) => answer(port, task))
    port.postMessage('ready')
    let seen = 0
    for (;;) {
      Atomics.wait(words, 0, seen)
      seen = Atomics.load(words, 0)
      for (let entry; (entry = receiveMessageOnPort(port)) !== undefined; )
        if (entry.message === 'over') return
        else answer(port, entry.message)
    }
  }
  function answer(port, task) {
    heard.push('task ' + task)
    busy(task * 1000)
    port.postMessage([task, Math.random()])
    Atomics.add(words, 1, 1)
  }`

function start(name) {
  const words = new Int32Array(new SharedArrayBuffer(8))
  const { port1: ours, port2: first } = new MessageChannel()
  const worker = new Worker(source, { eval: true, workerData: { words, first }, transferList: [first] })
  const { port1, port2 } = new MessageChannel()
  let [asked, answered] = [0, 0]
  const ask = () => {
    port1.postMessage(++asked)
    Atomics.add(words, 0, 1)
    Atomics.notify(words, 0, 1)
  }
  const take = (message, how) => {
    console.log(name, how, JSON.stringify(message))
    if (message === 'ready') for (let at = 0; at < 5; at++) ask()
    else if (++answered < 25) ask()
    else if (answered === 29) end()
  }
  const end = () => {
    port1.postMessage('over')
    Atomics.add(words, 0, 1)
    Atomics.notify(words, 0, 1)
    for (let at = 0; at < 4; at++) {
      ours.postMessage(at)
      port1.postMessage(100 + at)
      worker.postMessage({ what: at })
    }
    worker.postMessage({ what: 'report' })
  }
  port1.on('message', (message) => {
    take(message, 'event')
    // Whatever has been answered meanwhile.
    while (Atomics.load(words, 1) > 0) {
      const entry = answered < 25 ? receiveMessageOnPort(port1) : undefined
      if (entry === undefined) break
      take(entry.message, 'received')
    }
  })
  worker.on('message', (heard) => {
    console.log(name, heard.join(', '))
    port1.on('close', () => void worker.terminate().then((code) => console.log(name, 'ends', code)))
    ours.close()
    port1.close()
  })
  worker.on('error', (error) => console.log(error.stack))
  worker.postMessage({ what: 'port', port: port2 }, [port2])
}
start('a')
start('b')
