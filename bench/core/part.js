// One part of `bench/core.js`, in a process of its own: `part.js <part> <build> <quick>` prints its rows as JSON.
import { allocation, cost } from './cost.js'
import { loadRooms } from './rooms.js'
import { loss, simulation } from './simulated.js'

const [, , part, folder, quick] = process.argv
const scale = quick === 'true' ? 0.05 : 1
const MEASURE = {
  cost: (rooms) => cost(rooms, { requests: 20_000 * scale, replays: quick === 'true' ? 1 : 5 }),
  allocation: (rooms) => allocation(rooms, { requests: 5000 * scale }),
  simulation: (rooms) => simulation(rooms, { seconds: 60 * scale }),
  loss: (rooms) => loss(rooms, { requests: 40_000 * scale }),
}
process.stdout.write(JSON.stringify(MEASURE[part](await loadRooms(folder))))
