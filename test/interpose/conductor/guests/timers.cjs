let rounds = 0
const every = [1, 2, 3].map((ms) => setInterval(() => console.log('timer', ms, rounds), ms))
setImmediate(function again() {
  console.log('immediate', rounds)
  if (++rounds < 40) setImmediate(again)
  else every.forEach(clearInterval)
})
