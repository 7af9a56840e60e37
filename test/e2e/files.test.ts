import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

/** Each request becomes a line in every log, written in another way each, before it is answered with its number. */
const LOGGING = `
const fs = require('node:fs')
const { createServer } = require('node:net')
const fd = fs.openSync('fd.log', 'a')
const stream = fs.createWriteStream('stream.log', { flags: 'a' })
let count = 0
const log = async (line) => {
  fs.writeSync(fd, line)
  fs.appendFileSync('sync.log', line)
  await fs.promises.appendFile('promise.log', line)
  await new Promise((resolve) => stream.write(line, resolve))
  await new Promise((resolve) => fs.appendFile('callback.log', line, resolve))
  fs.writeFileSync('state.new', line)
  fs.renameSync('state.new', 'state')
}
let turn = Promise.resolve()
createServer((socket) => {
  let rest = ''
  socket.on('error', () => {}).setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\\n')
    rest = lines.pop()
    for (const _ of lines) {
      const number = ++count
      turn = turn.then(() => log(number + '\\n')).then(() => socket.write(number + '\\n'))
    }
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
process.on('SIGTERM', () => process.exit(0))
`

const LOGS = ['fd.log', 'sync.log', 'promise.log', 'stream.log', 'callback.log']

function linesUpTo(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at + 1}\n`).join('')
}

/** Asks again and again; resolves with what was answered once it is told to stop. */
function ask(port: number): { readonly stop: () => Promise<string> } {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let [answers, asked, stopping] = ['', 1, false]
  const whole = new Promise<string>((resolve, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error(`closed after ${answers.length} bytes`)))
    socket.on('data', (text: string) => {
      answers += text
      if (answers.split('\n').length <= asked) return
      if (stopping) resolve(answers)
      else asked += socket.write('x\n') ? 1 : 1
    })
  })
  socket.write('x\n')
  return {
    stop: async () => {
      stopping = true
      const answered = await whole
      socket.removeAllListeners('close').destroy()
      return answered
    },
  }
}

describe('files that the program appends to', () => {
  // Regression: `acknowledged` waited for backups to execute what they did not begin before it was complete.
  test.each([
    ['reflected', 10],
    ['acknowledged', 4],
  ])('%s, over %i kills of the primary: no line is lost, and none is written twice', async (commit, kills) => {
    const { scene, run, port } = await startFaulty(LOGGING, {}, '--commit', commit)
    scenes.push(scene)
    await run.printed(/^up$/m)
    const asking = ask(port)
    for (let kill = 1; kill <= kills; kill++) {
      const whole = ({ replicas }: Awaited<ReturnType<Scene['status']>>): boolean =>
        replicas.filter(({ state }) => state === 'ready').length === 3
      const { replicas, primary } = await scene.statusWhen(whole)
      await sleep(Math.random() * 50)
      process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
      await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
    }
    const answers = await asking.stop()
    const count = answers.trim().split('\n').length
    expect(count).toBeGreaterThan(kills * 10)
    expect(answers).toBe(linesUpTo(count))
    run.child.kill('SIGTERM')
    expect(await run.code()).toBe(0)
    for (const log of LOGS) expect(readFileSync(join(scene.folder, log), 'utf8'), log).toBe(linesUpTo(count))
    expect(readFileSync(join(scene.folder, 'state'), 'utf8')).toBe(`${count}\n`)
  })

  /** Appends in every turn, and ends by itself. */
  const ENDING = `
    const fs = require('node:fs')
    let count = 0
    const step = () => {
      fs.appendFileSync('log', ++count + '\\n')
      if (count % 3 === 0) fs.promises.appendFile('later', count + '\\n')
      if (count < 40) setTimeout(step, 1)
    }
    step()`
  const sends = [3, 10, 16, 17, 18, 19, 20, 21, 22, 23, 40, 60]

  test.each(sends)('the primary is killed at its send number %i', async (killAtSend) => {
    const { scene, run } = await startFaulty(ENDING, { r1: { killAtSend } })
    scenes.push(scene)
    expect(await run.code()).toBe(0)
    expect(run.stderr).toContain('SIGKILL')
    expect(readFileSync(join(scene.folder, 'log'), 'utf8')).toBe(linesUpTo(40))
    const later = readFileSync(join(scene.folder, 'later'), 'utf8').trim().split('\n').map(Number)
    expect(later.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 13 }, (_, at) => (at + 1) * 3))
  })
})
