// Requests at a steady rate, and how long nobody had an answer while something happened.
import { setTimeout as sleep } from 'node:timers/promises'
import { SeededRandom } from '../../dist/base/index.js'
import { Observation } from '../../dist/bench/observation.js'
import { Crowd, isRight, openLoop } from '../../dist/load/index.js'

const CONNECTIONS = 4
const RATE_PER_SECOND = 1000
const BODY_BYTES = 64
/** Before it happens, and after the last change. */
const QUIET_MS = 500
const CALM_MS = 300
const RECOVERED_WITHIN_MS = 20_000
const GRACE_MS = 3000

/** Resolves with `{ gapMs, quietGapMs }`: while `happens` ran and until all were calm again, and just before. */
export async function watched(port, happens) {
  const signal = AbortSignal.timeout(60_000)
  const crowd = await Crowd.open({
    port,
    signal,
    protocol: 'tcp',
    connections: CONNECTIONS,
    bodyBytes: BODY_BYTES,
    calls: 0,
  })
  const enough = new AbortController()
  const observation = new Observation(CONNECTIONS, performance.now())
  const load = openLoop({
    crowd,
    signal,
    enough: enough.signal,
    durationMs: Number.MAX_SAFE_INTEGER,
    graceMs: GRACE_MS,
    ratePerSecond: RATE_PER_SECOND,
    arrivals: 'even',
    precise: false,
    patient: true,
    random: new SeededRandom(1),
    onAnswer: (client, _, nowMs) => observation.answered(client, nowMs),
  })
  try {
    await sleep(QUIET_MS)
    const atMs = performance.now()
    const quietGapMs = observation.longestGap(atMs - QUIET_MS / 2, atMs)
    await happens()
    const deadline = performance.now() + RECOVERED_WITHIN_MS
    await sleep(CALM_MS)
    while (!observation.everyoneSince(performance.now() - CALM_MS / 3)) {
      if (performance.now() > deadline) throw new Error(`no answers within ${RECOVERED_WITHIN_MS} ms`)
      await sleep(CALM_MS / 3)
    }
    const gapMs = observation.longestGap(atMs, performance.now())
    enough.abort()
    await load
    if (!isRight(crowd.verdict)) throw new Error(`wrong answers: ${JSON.stringify(crowd.verdict)}`)
    return { gapMs, quietGapMs }
  } finally {
    enough.abort()
    await load
    crowd.close()
  }
}
