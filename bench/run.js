// npm run bench [-- core|round-trip|failover|transport]
import { cpus } from 'node:os'
import { core } from './core.js'
import { failover } from './failover.js'
import { roundTrip } from './round-trip.js'
import { transport } from './transport.js'

const BENCHES = { core, 'round-trip': roundTrip, failover, transport }

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in BENCHES))
if (unknown !== undefined) {
  console.error(`no such bench: ${unknown}; there are ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`)
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) await BENCHES[name]()
