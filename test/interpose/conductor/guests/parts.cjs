const os = require('node:os')

// Operations that need several entries: many values, and text longer than an entry.
function readMuch(name) {
  let sum = 0n
  for (let read = 0; read < 900; read++) sum += process.hrtime.bigint() % 1000n
  console.log(name, sum, JSON.stringify(os.cpus()).length, Date.now())
}
readMuch('start')
setTimeout(() => {
  readMuch('timer')
  setTimeout(() => console.log('end', Date.now(), process.hrtime.bigint()), 5)
}, 2)
