// What virtual time costs, and what loss costs in virtual time.
const STEP = 1000
const SECOND = 1_000_000
const LOOK_EVERY = 50

/** One seed: five members for a minute, at a pace of a person, and of a busy program. */
export function simulation(rooms, { seconds }) {
  return [1, 10, 100].map((perStream) => {
    const cluster = new rooms.sim.Cluster({ seed: 1, replicas: 5, streams: 10, requestsPerStream: Infinity })
    const { world, clients, network } = cluster
    const steps = seconds * 1000
    // A client whose turn it is sends four requests at once.
    clients.eagerness = (perStream / 4 / 1000) * 1000
    const before = process.cpuUsage()
    for (let step = 0; step < steps; step++) {
      cluster.pump()
      world.run(world.now + STEP)
    }
    const { user, system } = process.cpuUsage(before)
    const took = (user + system) / 1e6
    if (cluster.violations.length > 0) throw new Error(cluster.violations.join('; '))
    return {
      'name': `5 members, ${(clients.answered / seconds).toFixed(0)} requests/s, ${seconds} s`,
      'seconds': took,
      'simulated seconds per second': seconds / took,
      'datagrams': network.delivered,
    }
  })
}

/** Throughput on a network that loses 1 % beside one that loses nothing, in virtual time: the same every time. */
export function loss(rooms, { requests }) {
  const loads = [
    { name: '64 bytes, 1 client', streams: 1, requestBytes: 64, share: 1 },
    { name: '64 bytes, 16 clients', streams: 16, requestBytes: 64, share: 1 },
    { name: '64 bytes, 256 clients', streams: 256, requestBytes: 64, share: 1 },
    // Many datagrams each, and the simulated program looks at every byte.
    { name: '16 KiB, 16 clients', streams: 16, requestBytes: 16_384, share: 1 / 20 },
  ]
  return loads.map(({ name, share, ...load }) => {
    const [none, some] = [0, 10].map((perMille) => {
      return throughput(rooms, load, { perMille, requests: Math.ceil(requests * share) })
    })
    return { name, 'no loss': none, '1 % loss': some, 'kept': some / none }
  })
}

/** A gigabit, and so long from host to host. */
const LAN = { duplication: 0, delayMin: 40, delaySpread: 20, spike: 0, bandwidth: 125_000 }

function throughput({ sim }, { streams, requestBytes }, { perMille, requests }) {
  const requestsPerStream = Math.ceil(requests / streams)
  const cluster = new sim.Cluster({ seed: 3, replicas: 3, streams, requestsPerStream, requestBytes })
  const { world, clients, network } = cluster
  world.run(100 * STEP)
  network.weather = { ...LAN, loss: perMille }
  const from = world.now
  let asked = false
  clients.onAnswer = () => {
    if (asked) return
    asked = true
    world.after(0, () => {
      asked = false
      cluster.pump()
    })
  }
  cluster.pump()
  while (!clients.done) {
    world.run(world.now + LOOK_EVERY)
    if (world.now - from > 600 * SECOND) throw new Error('the group has stopped')
  }
  if (cluster.violations.length > 0) throw new Error(cluster.violations.join('; '))
  return clients.answered / ((world.now - from) / SECOND)
}
