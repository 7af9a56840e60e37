// A group of three replicas on this host: primaries are killed, or hand over.
import { fileURLToPath } from 'node:url'
import { startGroup } from '../subject.js'
import { watched } from './watched.js'

const PROGRAM = fileURLToPath(new URL('../../dist/bench/guest/main.js', import.meta.url))
const REPLICAS = 3
/** A newcomer executes the whole history: a group that lives for ever would need longer and longer to be whole. */
const TRIALS_PER_GROUP = 25

export function kills(count) {
  return trials('kill', count, async ({ admin }) => {
    const { replicas, primary } = await admin.status()
    process.kill(replicas.find(({ id }) => id === primary).pid, 'SIGKILL')
  })
}

export function switches(count) {
  return trials('switch', count, async ({ admin }) => void (await admin.failover(undefined)))
}

async function trials(what, count, happens) {
  const found = []
  while (found.length < count) {
    const group = await startGroup(PROGRAM, REPLICAS)
    try {
      for (let left = Math.min(TRIALS_PER_GROUP, count - found.length); left > 0; left--) {
        await group.whole()
        const { gapMs, quietGapMs } = await watched(group.port, () => happens(group))
        const { failovers } = await group.admin.status()
        found.push({ gapMs, quietGapMs, phases: failovers.at(-1)?.phases })
        process.stderr.write(`${what} ${found.length} of ${count}: ${gapMs.toFixed(1)} ms\n`)
      }
    } finally {
      await group.stop()
    }
  }
  return found
}
