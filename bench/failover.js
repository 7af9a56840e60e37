// The longest gap a client sees when the primary is killed under 1,000 requests a second (open loop, one connection).
import { connect } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { startReplicated } from './servers.js'
import { median, row } from './statistics.js'

const KILLS = 30
const PER_MS = 1
const LINE = `${'x'.repeat(63)}\n`

/** Resolves with what `read` gives once it holds. */
async function until(read, holds) {
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    await sleep(100)
  }
}

export async function failover() {
  const server = await startReplicated(3)
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let sent = 0
  let answered = 0
  let lastAt = performance.now()
  let longest = 0
  socket.on('data', (bytes) => {
    const now = performance.now()
    longest = Math.max(longest, now - lastAt)
    lastAt = now
    answered += bytes.length / LINE.length
  })
  const begun = performance.now()
  const load = setInterval(() => {
    const due = Math.floor((performance.now() - begun) * PER_MS)
    if (sent < due) socket.write(LINE.repeat(due - sent))
    sent = due
  }, 1)
  const gaps = []
  const quiet = []
  for (let kill = 0; kill < KILLS; kill++) {
    const ready = (status) =>
      status.replicas.length === 3 && status.replicas.every((replica) => replica.state === 'ready')
    const status = await until(server.status, ready)
    await sleep(300)
    longest = 0
    await sleep(300)
    quiet.push(longest)
    longest = 0
    process.kill(status.replicas.find((replica) => replica.id === status.primary).pid, 'SIGKILL')
    await sleep(400)
    gaps.push(longest)
  }
  clearInterval(load)
  await Promise.race([
    until(
      async () => answered,
      (count) => count >= sent,
    ),
    sleep(5000),
  ])
  socket.destroy()
  await server.stop()
  console.log(`longest gap at a client with 1,000 requests/s when the primary is killed (${KILLS} kills)`)
  console.log(row('killed', gaps, 'ms'))
  console.log(row('same time without a kill', quiet, 'ms'))
  console.log(`  ${sent} sent, ${answered} answered, ${sent - answered} lost`)
  console.log(`  median gap ${median(gaps).toFixed(1)} ms (target: at most 30)`)
  return { medianGapMs: median(gaps), lost: sent - answered }
}
