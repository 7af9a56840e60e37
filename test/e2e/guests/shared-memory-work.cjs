const { parentPort, workerData } = require('node:worker_threads')

const { number, words } = workerData
const [SPIN, TICKET, MUTEX, PLACE] = [0, 1, 2, 3]

/** Takes a moment, another one each time. */
function busy(steps) {
  let sum = 0
  for (let step = Math.random() * steps; step > 0; step--) sum = (sum * 31 + step) | 0
  return sum
}

function ticket() {
  while (Atomics.compareExchange(words, SPIN, 0, 1) !== 0) busy(200)
  const mine = ++words[TICKET]
  Atomics.store(words, SPIN, 0)
  return mine
}

/** A mutex whose waiting threads sleep. */
function place() {
  let state = Atomics.compareExchange(words, MUTEX, 0, 1)
  for (; state !== 0; state = Atomics.exchange(words, MUTEX, 2)) Atomics.wait(words, MUTEX, 2, 50)
  const mine = words[PLACE]
  busy(5_000)
  words[PLACE] = mine + 1
  if (Atomics.exchange(words, MUTEX, 0) === 2) Atomics.notify(words, MUTEX, 1)
  return mine
}

parentPort.on('message', (id) => {
  busy(2_000)
  parentPort.postMessage({ id, number, ticket: ticket(), place: place() })
})
