// Unicast fan-out against multicast on loopback: round trip and processor time of one 64-byte request, in turn.
import { readFileSync } from 'node:fs'
import { Client } from './client.js'
import { startReplicated } from './servers.js'
import { row } from './statistics.js'

const GROUP_SIZES = [3, 5, 7]
const ROUNDS = 6
const REQUESTS = 500
const LINE = `${'x'.repeat(63)}\n`
/** Linux counts processor time in hundredths of a second. */
const TICK_US = 10_000

function processorUs(pids) {
  const ticks = pids.map((pid) => {
    const [, after] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = after.split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return ticks.reduce((sum, own) => sum + own, 0) * TICK_US
}

async function open(name, replicas) {
  const server = await startReplicated(replicas, ['--transport', name])
  const client = await Client.open(server.port)
  const { gateway, replicas: members } = await server.status()
  return { name, server, client, pids: [gateway.pid, ...members.map(({ pid }) => pid)], times: [], usedUs: 0 }
}

async function measure(system) {
  const usedBefore = processorUs(system.pids)
  for (let sent = 0; sent < REQUESTS; sent++) {
    const begun = performance.now()
    await system.client.request(LINE)
    system.times.push((performance.now() - begun) * 1000)
  }
  system.usedUs += processorUs(system.pids) - usedBefore
}

export async function transport() {
  for (const replicas of GROUP_SIZES) {
    const systems = [await open('unicast', replicas), await open('multicast', replicas)]
    for (const system of systems) await measure(system)
    for (const system of systems) Object.assign(system, { times: [], usedUs: 0 })
    for (let round = 0; round < ROUNDS; round++) for (const system of systems) await measure(system)
    console.log(`${replicas} replicas: round trip of 64 bytes, one connection; processor time of gateway and replicas`)
    for (const { name, server, client, times, usedUs } of systems) {
      console.log(row(name, times, 'us'))
      console.log(`    ${Math.round(usedUs / times.length)} us of processor time per request`)
      client.close()
      await server.stop()
    }
  }
}
