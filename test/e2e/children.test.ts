import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Scene } from './command-run.js'
import { startFaulty } from './harness/crash-point.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

/** A child that answers line by line, and one that is started anew each time. */
const GUEST = `
const { createServer } = require('node:net')
const { execFileSync, spawn } = require('node:child_process')
const child = spawn('sh', ['-c', 'n=0; while read line; do n=$((n+1)); echo "$n $line"; done; exit 9'])
child.on('exit', (code) => console.log('child ended with', code))
const waiting = []
let rest = ''
child.stdout.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) waiting.shift()(line)
})
const ask = (line) => new Promise((resolve) => {
  waiting.push(resolve)
  child.stdin.write(line + '\\n')
})
let count = 0
let turn = Promise.resolve()
createServer((socket) => {
  socket.on('error', () => {}).setEncoding('utf8').on('data', (text) => {
    for (const _ of text.trim().split('\\n')) {
      const number = ++count
      turn = turn.then(() => ask('line ' + number)).then((answer) => {
        const echo = number % 10 === 0 ? execFileSync('echo', ['echo', number]).toString().trim() : ''
        socket.write(child.pid + ' ' + answer + ' ' + echo + '\\n')
      })
    }
  })
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
process.on('SIGTERM', () => {
  child.on('close', () => process.exit(0))
  child.stdin.end()
})
`

test('a child process outlives five primaries: started once, asked once, ended once', async () => {
  const { scene, run, port } = await startFaulty(GUEST, {})
  scenes.push(scene)
  await run.printed(/^up$/m)
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let [text, asked] = ['', 0]
  socket.on('data', (part: string) => {
    text += part
    if (text.split('\n').length > asked) ask()
  })
  const ask = (): void => {
    asked++
    socket.write('x\n')
  }
  ask()
  for (let kill = 1; kill <= 5; kill++) {
    const { replicas, primary } = await scene.statusWhen(
      (status) => status.replicas.filter(({ state }) => state === 'ready').length === 3,
    )
    await sleep(Math.random() * 50)
    process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
    await scene.statusWhen(({ failoverCount }) => failoverCount === kill)
  }
  socket.removeAllListeners('data')
  const lines = text.trim().split('\n')
  const [pid] = (lines[0] as string).split(' ')
  const expected = lines.map(
    (_, at) => `${pid} ${at + 1} line ${at + 1} ${(at + 1) % 10 === 0 ? `echo ${at + 1}` : ''}`,
  )
  expect(lines.length).toBeGreaterThan(50)
  expect(lines).toEqual(expected.map((line, at) => (at === lines.length - 1 ? line.trimEnd() : line)))
  socket.destroy()
  run.child.kill('SIGTERM')
  expect(await run.code()).toBe(0)
  expect(run.stdout).toBe('up\nchild ended with 9\n')
})

test('megabytes through a child, by a program that stops in between; what it prints itself', async () => {
  const { scene, run } = await startFaulty(
    `const { spawn } = require('node:child_process')
     const { createHash } = require('node:crypto')
     const [sent, got] = [createHash('sha1'), createHash('sha1')]
     const cat = spawn('cat')
     let length = 0
     cat.stdout.on('data', (bytes) => {
       got.update(bytes)
       length += bytes.length
     })
     const pause = setInterval(() => (cat.stdout.isPaused() ? cat.stdout.resume() : cat.stdout.pause()), 20)
     cat.stdout.on('end', () => {
       clearInterval(pause)
       console.log(length, got.digest('hex') === sent.digest('hex'))
       spawn('echo', ['from the child'], { stdio: 'inherit' })
     })
     for (let part = 0; part < 60; part++) {
       const bytes = Buffer.alloc(100_000, part)
       sent.update(bytes)
       cat.stdin.write(bytes)
     }
     cat.stdin.end()`,
    {},
  )
  scenes.push(scene)
  expect(await run.code()).toBe(0)
  expect(run.stdout).toBe('6000000 true\nfrom the child\n')
})
