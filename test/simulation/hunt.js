// hunt.js <seeds> [name of a planted bug]: runs the swarm until a law is broken, and prints as JSON in which seed and
// which law, or null. A process of its own, so that a fault that never returns can be ended. Without seeds: the names.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { plant } from '../mutants/plant.js'
import { PLANTED_BUGS } from './planted-bugs.js'

const ROOMS = ['base', 'message', 'wire', 'core', 'driver', 'sim']

const [, , seeds, name] = process.argv
if (seeds === undefined) {
  console.log(JSON.stringify(PLANTED_BUGS.map((each) => each.name)))
  process.exit()
}
const bug = PLANTED_BUGS.find((each) => each.name === name)
if (name !== undefined && bug === undefined) throw new Error(`no planted bug is called ${name}`)
const folder = plant(ROOMS, bug?.edits)
process.on('exit', () => rmSync(folder, { recursive: true }))
const { drawPlan, runLease, runPlan } = await import(pathToFileURL(join(folder, 'sim', 'index.js')).href)

/** An assertion of the core finds a fault as well as a law does. */
function brokenIn(seed) {
  try {
    const { violations } = bug?.lease === undefined ? runPlan(drawPlan(seed)) : runLease(seed, bug.lease)
    return violations[0]
  } catch (error) {
    return `assertion: ${error.message}`
  }
}

let found = null
for (let seed = 0; seed < Number(seeds) && found === null; seed++) {
  const broken = brokenIn(seed)
  if (broken !== undefined) found = { seed, broken }
}
console.log(JSON.stringify(found))
