import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { startFaulty } from './harness/crash-point.js'

/** Start-up that reads the world many times, and listens twice. Its answers show what it read then. */
const CURIOUS = `
const { createServer } = require('node:net')
const { createHash, randomUUID } = require('node:crypto')
const { readFileSync, statSync } = require('node:fs')
const os = require('node:os')
const seen = [Date.now(), randomUUID(), Math.random(), performance.now() > 0, String(process.hrtime.bigint())]
seen.push(createHash('sha1').update(readFileSync(__filename)).digest('hex'), statSync(__filename).size)
seen.push(os.freemem(), process.memoryUsage().rss, new Date().toISOString(), os.uptime(), process.uptime(), process.pid)
const started = seen.join(' ')
console.log('started', started)
const server = createServer((socket) => { socket.end(started + '\\n'); socket.on('error', () => {}) })
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
createServer(() => {}).listen(0, '127.0.0.1')
seen.push(Date.now(), randomUUID(), performance.now())
setTimeout(() => console.log('later', Date.now() >= seen[0]), 20)
`

/** The two of the start itself, and those of the program; one more shows that none was left out. */
const READS = 14
const STEP = Number(process.env['LLFT_TEST_READS_STEP'] ?? 1)

async function answerOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let text = ''
  socket.on('data', (part: string) => (text += part))
  await once(socket, 'end')
  return text.trim()
}

describe('the primary is killed when it has made its n-th recorded read of start-up', () => {
  const reads = Array.from({ length: Math.ceil(READS / STEP) }, (_, at) => 1 + at * STEP)
  test.each(reads)('n = %i: the program starts once, says so once, and serves', async (killAtStartRead) => {
    const { scene, run, port } = await startFaulty(CURIOUS, { r1: { killAtStartRead } })
    try {
      await run.printed(/^later true$/m)
      const answer = await answerOf(port)
      const status = await scene.statusWhen(
        ({ replicas }) => replicas.filter(({ state }) => state === 'ready').length === 3,
      )
      expect(status.failoverCount).toBe(1)
      expect(await answerOf(port)).toBe(answer)
      expect(run.stdout).toBe(`started ${answer}\nup\nlater true\n`)
    } catch (error) {
      throw new Error(`${String(error)}\n${run.stdout}\n${run.stderr}`, { cause: error })
    } finally {
      await scene.close()
    }
  })
})
