import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort, Scene } from '../command-run.js'
import type { Run } from '../command-run.js'
import type { TestFaults } from '../../../src/driver/index.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

interface Checked extends Run {
  readonly scene: Scene
}

interface Asked {
  readonly flags?: readonly string[]
  /** Other files beside `server.js`. */
  readonly files?: Readonly<Record<string, string>>
  /** What both replicas leave out. */
  readonly faults?: TestFaults
}

/** `llft check` of a program that gets its port as its argument. */
async function check(program: string, { flags = [], files = {}, faults }: Asked = {}): Promise<Checked> {
  const environment = faults === undefined ? {} : { LLFT_TEST_FAULTS: JSON.stringify({ '*': faults }) }
  const scene = new Scene({ 'server.js': program, ...files }, environment)
  scenes.push(scene)
  const port = String(await freePort())
  return Object.assign(await scene.llft('check', ...flags, '--', 'node', 'server.js', port), { scene })
}

const EXPRESS = createRequire(import.meta.url).resolve('express')

const CLEAN = `const { randomUUID } = require('node:crypto')
const { readFile } = require('node:fs')
const express = require(${JSON.stringify(EXPRESS)})
const app = express()
const visits = []
app.get('/', (request, response) => {
  visits.push({ id: randomUUID(), at: new Date(), luck: Math.random() })
  readFile(__filename, 'utf8', (error, text) => response.json({ visits, length: text.length }))
})
app.listen(Number(process.argv[2]))`

const serve = (answer: string): string => `const http = require('node:http')
let count = 0
http.createServer((request, response) => {
  count++
  response.end(String(${answer}))
}).listen(Number(process.argv[2]))`

describe('llft check', () => {
  test('a program that does what LLFT puts in order: nothing is found, nothing is left', async () => {
    const run = await check(CLEAN)
    expect(run.stderr).not.toContain('FOUND')
    expect(run.stdout).toContain('Nothing was found')
    expect(run.stdout).toMatch(/Load {6}built in, GET \/.* on 4 connections to http:\/\/127\.0\.0\.1:\d+/)
    expect(run.stdout).toContain('in 6 rounds: plain, clock, seed, order, disk, engine')
    expect(run.stdout).toContain('was not checked')
    expect(run.stderr.match(/96\/96 requests answered/g)).toHaveLength(6)
    expect(await run.ended).toBe(0)
    expect(run.scene.leftovers).toEqual([])
  })

  test('a call that is refused, also where the program catches it, unless it is allowed', async () => {
    const program = `const { Worker } = require('node:worker_threads')
let threads = true
try {
  new Worker('0', { eval: true, stdin: true })
} catch {
  threads = false
}
${serve('threads')}`
    const run = await check(program, { flags: ['--rounds', 'plain'] })
    expect(run.stdout).toMatch(/1\. server\.js:4 {2}new Worker\(\) is refused: LLFT_E_REFUSED_WORKER\n/)
    expect(run.stdout).toMatch(/why .*a thread is ordered by what the main thread posts/)
    expect(run.stdout).toMatch(/fix .*main thread/)
    expect(run.stderr).toContain('LLFT_E_CHECK_FOUND')
    expect(await run.ended).toBe(6)

    const allowed = await check(program, { flags: ['--rounds', 'plain', '--allow', 'LLFT_E_REFUSED_WORKER'] })
    expect(allowed.stdout).toMatch(/Nothing was found[^]*Allowed {3}1 refusals/)
    expect(await allowed.ended).toBe(0)
  })

  test('what ends the program ends the check, with what it has printed', async () => {
    const run = await check(`new (require('node:worker_threads').Worker)('0', { eval: true, stdin: true })`)
    expect(run.stdout).toMatch(/1\. server\.js:1 {2}new Worker\(\) is refused: LLFT_E_REFUSED_WORKER\n/)
    expect(run.stdout).toContain('in one round: plain')
    expect(run.stderr).toMatch(/the program ended by itself: code 1\n {2}node server\.js \d+ \| /)
    expect(await run.ended).toBe(6)
  })

  test('a source that nothing orders, the depth of the stack: line and both values', async () => {
    const run = await check(
      `function depth() {
  try {
    return 1 + depth()
  } catch {
    return 1
  }
}
${serve('`answer ${count} at ${depth()}`')}`,
      { flags: ['--rounds', 'engine', '--json'] },
    )
    expect(await run.ended).toBe(6)
    const { findings } = JSON.parse(run.stdout) as {
      findings: { place: string; primary: string; backup: string; rounds: string[]; count: number; fix: string }[]
    }
    expect(findings).toHaveLength(1)
    const [finding] = findings
    expect(finding?.place).toBe('server.js:12')
    expect(finding?.primary).toMatch(/answer 1 at \d+/)
    expect(finding?.backup).toMatch(/answer 1 at \d+/)
    expect(finding?.primary).not.toBe(finding?.backup)
    expect(finding?.rounds).toEqual(['engine'])
    expect(finding?.count).toBeGreaterThan(50)
    expect(finding?.fix).toContain('docs/check.md')
  })

  test('in the source that a person writes, through tsx', async () => {
    const tsx = createRequire(import.meta.url).resolve('tsx/cjs')
    const typed = `interface Answer { readonly deep: number }

type Other = Answer & { readonly more: string }

function depth(): number {
  try {
    return 1 + depth()
  } catch {
    return 1
  }
}
import { createServer } from 'node:http'
createServer((request, response) => {
  const answer: Other = { deep: depth(), more: '' }
  response.end(JSON.stringify(answer))
}).listen(Number(process.argv[2]))`
    const scene = new Scene({ 'server.ts': typed }, { ESBUILD_WORKER_THREADS: '0' })
    scenes.push(scene)
    const flags = ['--rounds', 'engine', '--allow', 'LLFT_E_REFUSED_PIPE']
    const port = String(await freePort())
    const run = await scene.llft('check', ...flags, '--', 'node', '--require', tsx, 'server.ts', port)
    expect(run.stdout).toMatch(/1\. server\.ts:15 {2}`data` of stream \d+ to the gateway differs/)
    expect(await run.ended).toBe(6)
  })
})

describe('what disturbs one replica shows what is read past LLFT', () => {
  test('its clock', async () => {
    const program = serve('new Date().toISOString().slice(0, 13)')
    const faults = { hooksOff: ['date', 'utcDate'] }
    const run = await check(program, { faults, flags: ['--rounds', 'clock'] })
    expect(run.stdout).toMatch(/1\. server\.js:5 {2}`data` of stream \d+ to the gateway differs/)
    expect(run.stdout).toMatch(/why .* a clock that is read past LLFT/)
    expect(await run.ended).toBe(6)
  })

  test('its monotonic clocks', async () => {
    const program = serve('Math.floor(process.hrtime()[0] / 3600) + " " + (process.hrtime.bigint() / 3600000000000n)')
    const run = await check(program, { faults: { hooksOff: ['hrtime'] }, flags: ['--rounds', 'clock'] })
    expect(run.stdout).toMatch(/1\. server\.js:5 {2}`data` of stream \d+ to the gateway differs/)
    expect(await run.ended).toBe(6)
  })

  test('one that takes another way: where each of them is', async () => {
    // 67 minutes: where one counts even minutes, the other counts odd ones.
    const program = `const { performance } = require('node:perf_hooks')
require('node:http').createServer((request, response) => {
  if (Math.floor(Date.now() / 60000) % 2 === 0) {
    performance.now()
  }
  response.end('done')
}).listen(Number(process.argv[2]))`
    const faults = { hooksOff: ['date', 'utcDate'] }
    const run = await check(program, { faults, flags: ['--rounds', 'clock'] })
    expect(run.stdout).toMatch(/1\. server\.js:[46] {2}the backup does something else, by /)
    expect(run.stdout).toMatch(/primary {2}(?:reads `performance` {3}at server\.js:4|sends .* {3}at server\.js:6)\n/)
    expect(run.stdout).toMatch(/backup {3}(?:reads `performance`|sends `data`)/)
    expect(await run.ended).toBe(6)
  })

  test("its engine's seed", async () => {
    const run = await check(serve('Math.random()'), {
      faults: { hooksOff: ['mathRandom'] },
      flags: ['--rounds', 'plain,seed'],
    })
    expect(run.stderr).toMatch(/plain {3}ok/)
    expect(run.stdout).toMatch(/1\. server\.js:5 .* differs[^]*seen .* in seed\n/)
    expect(await run.ended).toBe(6)
  })

  test('the order of completions, which is another at the primary, too, and a slow disk', async () => {
    const program = `const fs = require('node:fs')
const order = []
const done = (name) => () => {
  order.push(name)
  if (order.length === 24) fs.appendFileSync('orders.txt', order.join(' ') + '\\n')
}
for (let i = 0; i < 12; i++) require('node:zlib').deflate('x', done('z'))
for (let i = 0; i < 12; i++) fs.readFile(__filename, done(i))
${serve('order')}`
    const run = await check(program, { flags: ['--rounds', 'order,disk'] })
    expect(run.stderr).not.toContain('FOUND')
    expect(await run.ended).toBe(0)
    const [late, slow] = readFileSync(join(run.scene.folder, 'orders.txt'), 'utf8').trim().split('\n')
    const files = (order = ''): string => order.replaceAll(/z ?/g, '').trim()
    expect(files(late)).not.toBe('0 1 2 3 4 5 6 7 8 9 10 11')
    expect(files(slow)).not.toBe('0 1 2 3 4 5 6 7 8 9 10 11')
    // Nothing but files is late there.
    expect(slow).toMatch(/^(?:z ){8}/)
  })
})

describe('a load', () => {
  test('of the user: is told where, and what it does not reach is not checked', async () => {
    const load = `const { get } = require('node:http')
const { LLFT_CHECK_URL, LLFT_CHECK_HOST, LLFT_CHECK_PORT, LLFT_CHECK_PORTS } = process.env
if (LLFT_CHECK_PORTS !== LLFT_CHECK_PORT) throw new Error(LLFT_CHECK_PORTS)
if (LLFT_CHECK_URL !== 'http://' + LLFT_CHECK_HOST + ':' + LLFT_CHECK_PORT) throw new Error(LLFT_CHECK_URL)
get(LLFT_CHECK_URL + '/deep', (response) => response.resume())`
    const program = `function depth() { try { return 1 + depth() } catch { return 1 } }
require('node:http').createServer((request, response) => {
  response.end(request.url === '/deep' ? String(depth()) : 'flat')
}).listen(Number(process.argv[2]))`
    const flags = ['--rounds', 'engine']
    const reached = await check(program, { flags: [...flags, '--load', 'load.js'], files: { 'load.js': load } })
    expect(reached.stdout).toMatch(/1\. server\.js:3 .* differs/)
    expect(reached.stderr).toContain('the load succeeded')
    expect(await reached.ended).toBe(6)
    const past = await check(program, { flags })
    expect(await past.ended).toBe(0)
  })

  test('that fails, that does not end', async () => {
    const files = { 'fails.js': `console.log('wanted 42'); process.exit(4)`, 'hangs.js': 'setInterval(() => {}, 1000)' }
    const failed = await check(serve('1'), { flags: ['--rounds', 'plain', '--load', 'fails.js'], files })
    expect(failed.stderr).toMatch(/\| wanted 42\n✖ LLFT_E_CHECK_LOAD .* ended with code 4/)
    expect(await failed.ended).toBe(3)
    const flags = ['--rounds', 'plain', '--seconds', '2', '--load', 'hangs.js']
    const late = await check(serve('1'), { flags, files })
    expect(late.stderr).toMatch(/✖ LLFT_E_CHECK_TIME .* within 2 s/)
    expect(await late.ended).toBe(7)
  })

  test('for a server of another protocol', async () => {
    const run = await check(
      `require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', (bytes) => socket.write(bytes))
}).listen(Number(process.argv[2]))`,
      { flags: ['--rounds', 'plain'] },
    )
    expect(run.stdout).toMatch(/Load {6}built in, 3 lines on each of 3 connections/)
    expect(run.stderr).toMatch(/[5-9]\/9 lines answered/)
    expect(await run.ended).toBe(0)
  })
})

describe('a program', () => {
  test('that ends by itself: well, and not', async () => {
    const well = await check(`console.log('done')`, { flags: ['--rounds', 'plain,order'] })
    expect(well.stdout).toContain('Load      none: it ended first')
    expect(well.stderr.match(/ended by itself: code 0/g)).toHaveLength(2)
    expect(await well.ended).toBe(0)
    const badly = await check(`console.log('no license'); process.exit(9)`)
    expect(badly.stderr).toMatch(/\| no license\n✖ LLFT_E_CHECK_ENDED .* with code 9, in the round `plain`/)
    expect(await badly.ended).toBe(3)
  })

  test('that never listens', async () => {
    const program = `setInterval(() => console.log(Date.now()), 50)`
    const run = await check(program, { flags: ['--rounds', 'plain', '--seconds', '1'] })
    expect(run.stdout).toContain('Load      none: no port was opened')
    expect(await run.ended).toBe(0)
    const flags = ['--rounds', 'plain', '--seconds', '1', '--load', 'load.js']
    const loaded = await check(program, { flags, files: { 'load.js': '' } })
    expect(loaded.stderr).toMatch(/LLFT_E_CHECK_NO_PORT .* within 1000 ms/)
    expect(await loaded.ended).toBe(3)
  })

  test('that does not mind its end is ended, and so is everything on Ctrl-C', async () => {
    const scene = new Scene({ 'server.js': `process.on('SIGTERM', () => {})\n${serve('1')}` })
    scenes.push(scene)
    const port = String(await freePort())
    const run = scene.start(
      'check',
      '--rounds',
      'plain,clock',
      '--load',
      'none',
      '--seconds',
      '1',
      '--',
      'node',
      'server.js',
      port,
    )
    await run.printed(/clock {3}the clocks/)
    expect(run.stderr).toMatch(/plain {3}ok/)
    run.child.kill('SIGINT')
    expect(await run.code()).toBe(130)
    expect(scene.leftovers).toEqual([])
    expect(existsSync(join(scene.folder, 'server.js'))).toBe(true)
  })
})
