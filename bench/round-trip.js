// Round trip of one 64-byte request on one connection: plain Node and `llft run -r 3` in turn, in one run.
import { Client } from './client.js'
import { startPlain, startReplicated } from './servers.js'
import { median, row } from './statistics.js'

const ROUNDS = 10
const REQUESTS = 1500
const WARM_UP = 500
const LINE = `${'x'.repeat(63)}\n`

async function measure(client, requests) {
  const times = []
  for (let sent = 0; sent < requests; sent++) {
    const begun = performance.now()
    await client.request(LINE)
    times.push((performance.now() - begun) * 1000)
  }
  return times
}

export async function roundTrip() {
  const systems = [
    { name: 'plain Node', server: await startPlain() },
    { name: 'llft run -r 3', server: await startReplicated(3) },
  ]
  for (const system of systems) {
    system.client = await Client.open(system.server.port)
    system.times = []
    system.medians = []
    await measure(system.client, WARM_UP)
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const system of systems) {
      const times = await measure(system.client, REQUESTS)
      system.times.push(...times)
      system.medians.push(median(times))
    }
  }
  for (const system of systems) {
    system.client.close()
    await system.server.stop()
  }
  const [plain, replicated] = systems
  const ratios = plain.medians.map((time, round) => replicated.medians[round] / time)
  console.log('round trip of 64 bytes, one connection')
  for (const system of systems) console.log(row(system.name, system.times, 'us'))
  console.log(`  ratio of the medians, round by round: median ${median(ratios).toFixed(2)} (target: at most 4)`)
  return { ratio: median(ratios), plainUs: median(plain.times), replicatedUs: median(replicated.times) }
}
