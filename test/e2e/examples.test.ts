import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { freePort, Scene } from './command-run.js'

const scenes: Scene[] = []
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close()
})

const serverOf = (name: string): string => fileURLToPath(new URL(`../../examples/${name}/server.js`, import.meta.url))

/** Lines that a TCP server sends, one after the other. */
async function lines(port: number, say: string, count: number): Promise<readonly string[]> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let text = ''
  socket.on('data', (more: string) => (text += more))
  socket.write(say)
  while (text.split('\n').length <= count) await sleep(10)
  socket.destroy()
  return text.split('\n').slice(0, count)
}

/** What each example is asked, before and after its primary is killed. */
const ASK: Readonly<Record<string, (port: number) => Promise<unknown>>> = {
  counter: async (port) => (await lines(port, '1\n2\n', 2)).map((line) => line.replace(/^\d+/, 'n')),
  game: async (port) => {
    const [welcome] = await lines(port, 'name tester\nup\n', 3)
    return Object.keys(JSON.parse(welcome ?? '') as object)
  },
  chat: async (port) => {
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    const [welcome] = (await once(socket, 'message')) as [Buffer]
    socket.close()
    return [page.length, Object.keys(JSON.parse(String(welcome)) as object)]
  },
}

describe('the examples', () => {
  test.each(Object.entries(ASK))('%s runs alone, and the same under LLFT over a kill', async (name, ask) => {
    const port = await freePort()
    const alone = spawn(process.execPath, [serverOf(name)], { env: { ...process.env, PORT: String(port) } })
    await once(alone.stdout, 'data')
    const expected = await ask(port)
    alone.kill('SIGKILL')
    await once(alone, 'close')

    const scene = new Scene({}, { PORT: String(port) })
    scenes.push(scene)
    const run = scene.run('--', 'node', serverOf(name))
    await run.printed(/listens/)
    expect(await ask(port)).toEqual(expected)
    await scene.llft('kill', 'primary')
    expect(await ask(port)).toEqual(expected)
    run.child.kill('SIGTERM')
    await run.code()
  })
})
