import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { LLFT } from '../cli/llft.js'
import { Scene } from './command-run.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

function open(program: string): Scene {
  const scene = new Scene({ 'main.js': program })
  scenes.push(scene)
  return scene
}

test('lines typed over five kills of the primary arrive once, in order, and so does their end', async () => {
  const scene = open(`
    let count = 0
    console.log('up')
    const lines = require('node:readline').createInterface({ input: process.stdin })
    lines.on('line', (line) => console.log(++count, line))
    lines.on('close', () => { console.log('end'); process.exitCode = 4 })`)
  const run = scene.runFed('--', 'node', 'main.js')
  await run.printed(/^up$/m)
  let typed = 0
  const typing = setInterval(() => run.child.stdin?.write(`line ${++typed}\n`), 3)
  try {
    for (let kill = 1; kill <= 5; kill++) {
      const { replicas, primary } = await scene.statusWhen(
        (status) => status.replicas.filter(({ state }) => state === 'ready').length === 3,
      )
      await sleep(Math.random() * 50)
      process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
      await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
    }
  } finally {
    clearInterval(typing)
  }
  run.child.stdin?.end()
  expect(await run.code()).toBe(4)
  expect(typed).toBeGreaterThan(100)
  const expected = Array.from({ length: typed }, (_, at) => `${at + 1} line ${at + 1}\n`)
  expect(run.stdout).toBe(`up\n${expected.join('')}end\n`)
})

test('more than is read at a time, by a program that stops in between', async () => {
  const scene = open(`
    const { createHash } = require('node:crypto')
    const [hash, input] = [createHash('sha1'), process.stdin]
    let length = 0
    input.on('data', (bytes) => {
      hash.update(bytes)
      length += bytes.length
      input.pause()
      setTimeout(() => input.resume(), 2)
    })
    input.on('end', () => console.log(length, hash.digest('hex')))`)
  const run = scene.runFed('--', 'node', 'main.js')
  const bytes = Buffer.alloc(3_000_000, 'some text ')
  run.child.stdin?.end(bytes)
  expect(await run.code()).toBe(0)
  const digest = execFileSync('sha1sum', { input: bytes, encoding: 'utf8' }).slice(0, 40)
  expect(run.stdout).toBe(`3000000 ${digest}\n`)
})

test('input that the program does not want is left to whoever comes next', () => {
  const scene = open(`console.log('did not read')`)
  writeFileSync(join(scene.folder, 'input'), 'for somebody else\n')
  const run = `"${process.execPath}" "${LLFT}" run --admin 127.0.0.1:0 -- node main.js`
  const command = `{ ${run} 2>/dev/null; cat; } < input`
  const env = { ...process.env, XDG_RUNTIME_DIR: scene.folder }
  const printed = execFileSync('sh', ['-c', command], { cwd: scene.folder, env, encoding: 'utf8' })
  expect(printed).toBe('did not read\nfor somebody else\n')
})
