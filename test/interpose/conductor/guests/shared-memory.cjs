// Four workers share a memory: a spin lock that hands out tickets, a mutex with waiting, a ring between a producer and
// its consumers, waits that end by themselves. What each gets depends on who comes first.
const { Worker } = require('node:worker_threads')

const source = `
  const { parentPort, workerData: { number, words } } = require('node:worker_threads')
  const { add, load, store, compareExchange, wait, notify, exchange } = Atomics
  const SPIN = 0, TICKETS = 1, MUTEX = 2, COUNT = 3, WRITTEN = 4, READ = 5, NEVER = 6, SUM = 7, SLOTS = 8
  const READY = 16, THREADS = 4
  // However slowly threads start: all of them begin a piece of work together.
  const meet = () => {
    const here = add(words, READY, 1) + 1
    const all = Math.ceil(here / THREADS) * THREADS
    for (let now = here; now < all; now = load(words, READY)) wait(words, READY, now)
    notify(words, READY)
  }
  const busy = (steps) => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum = (sum * 31 + step) | 0
    return sum
  }
  const spin = () => { while (compareExchange(words, SPIN, 0, 1) !== 0) busy(500) }
  const lock = () => {
    for (let state = compareExchange(words, MUTEX, 0, 1); state !== 0; state = exchange(words, MUTEX, 2))
      wait(words, MUTEX, 2)
  }
  const unlock = () => { if (exchange(words, MUTEX, 0) === 2) notify(words, MUTEX, 1) }
  const work = {
    tickets() {
      const got = []
      for (let at = 0; at < 5; at++) {
        spin()
        got.push(++words[TICKETS])
        busy(2_000)
        store(words, SPIN, 0)
        busy(3_000 * number)
      }
      return got
    },
    mutex() {
      const seen = []
      for (let at = 0; at < 5; at++) {
        lock()
        const before = words[COUNT]
        busy(4_000)
        words[COUNT] = before + 1
        seen.push(before)
        unlock()
      }
      return seen
    },
    ring() {
      if (number === 0) {
        for (let item = 1; item <= 30; item++) {
          for (let read = load(words, READ); item - read > 8; read = load(words, READ)) wait(words, READ, read)
          store(words, SLOTS + (item % 8), item * item)
          store(words, WRITTEN, item)
          notify(words, WRITTEN)
        }
        return 'produced'
      }
      const got = []
      for (;;) {
        const read = load(words, READ)
        if (read === 30) return got
        if (load(words, WRITTEN) === read) { wait(words, WRITTEN, read, 1_000_000); continue }
        const item = load(words, SLOTS + ((read + 1) % 8))
        if (compareExchange(words, READ, read, read + 1) !== read) continue
        notify(words, READ)
        got.push(item)
        busy(1_000 * number)
      }
    },
    late() {
      const before = Date.now()
      const ends = [wait(words, NEVER, 1), wait(words, NEVER, 0, 3), wait(words, NEVER, 0, 0)]
      return [...ends, Date.now() - before, wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)]
    },
    signed: () => add(words, SUM, -number),
  }
  parentPort.on('message', (name) => {
    meet()
    parentPort.postMessage({ number, name, result: work[name]() })
  })`

const words = new Int32Array(new SharedArrayBuffer(128))
const workers = [0, 1, 2, 3].map((number) => new Worker(source, { eval: true, workerData: { number, words } }))
const rounds = ['tickets', 'mutex', 'ring', 'late', 'signed', 'tickets']
let answers = 0

function next() {
  const name = rounds.shift()
  if (name === undefined) {
    void finish()
    return
  }
  for (const worker of workers) worker.postMessage(name)
  // The main thread has its part in the order, too.
  console.log(name, Atomics.add(words, 7, 100), Atomics.load(words, 1), Atomics.wait(words, 6, 0, 2))
}
async function finish() {
  console.log([...words].slice(0, 8).join(' '))
  const asleep = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     parentPort.postMessage('sleeps')
     Atomics.wait(workerData, 6, 0)
     for (;;) Atomics.add(workerData, 7, 1)`,
    { eval: true, workerData: words },
  )
  await new Promise((resolve) => asleep.once('message', resolve))
  Atomics.notify(words, 6)
  await asleep.terminate()
  const [stopped] = [Atomics.load(words, 7)]
  await Promise.all(workers.map((worker) => worker.terminate()))
  console.log('stopped', stopped, Atomics.load(words, 7) === stopped)
}
for (const worker of workers) {
  worker.on('error', (error) => console.log(error.stack))
  worker.on('message', ({ number, name, result }) => {
    console.log(name, number, JSON.stringify(result))
    if (++answers % workers.length === 0) next()
  })
}
next()
