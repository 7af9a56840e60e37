import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { isAlive, until } from '../supervisor/support.js'
import { freePort, Scene } from './command-run.js'
import type { Run } from './command-run.js'

/** Counts lines per connection and over all; the answers show lost memory and lost connections. */
const COUNTER = `
const net = require('node:net')
let total = 0
net.createServer((socket) => {
  let own = 0
  socket.on('data', (data) => {
    for (const _ of data.toString().trim().split('\\n')) socket.write(++own + ' ' + ++total + '\\n')
  })
  socket.on('error', () => {})
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('open'))
`

class Client {
  readonly #socket: Socket
  #answers = ''

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setEncoding('utf8').on('data', (text: string) => (this.#answers += text))
    this.#socket.on('error', () => undefined)
  }

  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.readyState !== 'closed'
  }

  async ask(): Promise<string> {
    const before = this.#answers.length
    this.#socket.write('x\n')
    await until(() => this.#answers.endsWith('\n') && this.#answers.length > before, 20_000)
    return this.#answers.slice(before).trim()
  }

  close(): void {
    this.#socket.destroy()
  }
}

describe('llft run', () => {
  const scenes: Scene[] = []
  afterEach(async () => {
    for (const scene of scenes.splice(0)) await scene.close()
  })

  function scene(files: Readonly<Record<string, string>>): Scene {
    const made = new Scene(files)
    scenes.push(made)
    return made
  }

  async function counter(...options: readonly string[]): Promise<{ scene: Scene; run: Run; port: number }> {
    const made = scene({ 'server.js': COUNTER })
    const port = await freePort()
    const run = made.run(...options, '--', 'node', 'server.js', String(port))
    await run.printed(/Admin {6}/)
    return { scene: made, run, port }
  }

  test('the table on stderr, the output of the program once on stdout', async () => {
    const { run, port } = await counter()
    expect(run.stderr).toMatch(/^ {2}LLFT \d+\.\d+\.\d+ {2}ready in \d+ ms$/m)
    expect(run.stderr).toMatch(new RegExp(`^ {2}App {8}node server\\.js ${port} `, 'm'))
    expect(run.stderr).toMatch(/^ {2}Replicas {3}● r1 primary {3}○ r2 backup {3}○ r3 backup {3}view 1 /m)
    expect(run.stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}( is open)?$`, 'm'))
    expect(run.stderr).toMatch(/^ {2}Admin {6}http:\/\/127\.0\.0\.1:\d+$/m)
    await run.printed(/open/)
    expect(run.stdout).toBe('open\n')
  })

  test('kill the primary again and again: the connection and the memory live on, status tells', async () => {
    const { scene: made, run, port } = await counter()
    const client = new Client(port)
    for (let round = 1; round <= 4; round++) {
      expect(await client.ask()).toBe(`${round} ${round}`)
      const { primary } = await made.statusWhen(({ replicas }) => replicas.filter(isReady).length === 3)
      const killed = await made.llft('kill', 'primary')
      expect(killed.stdout).toMatch(new RegExp(`^${primary} \\(pid \\d+\\) SIGKILL\n$`))
      await made.statusWhen((status) => status.failoverCount === round && status.primary !== null)
    }
    expect(await client.ask()).toBe('5 5')
    const status = await made.statusWhen(({ replicas }) => replicas.filter(isReady).length === 3)
    expect(status.view.primary).toBe(5)
    expect(status.gateway.streams).toBe(1)
    expect(status.failovers).toHaveLength(4)
    expect(status.replicas.map(({ role }) => role).toSorted()).toEqual(['backup', 'backup', 'primary'])
    expect(run.stderr).toMatch(/✖ r1 \(pid \d+\) SIGKILL\n.*▲ r2 is primary, view 2 {5}detected .* elected .* resumed /)
    expect(run.stderr).toMatch(/○ r4 joined, caught up in \d+ ms/)
    expect(run.stdout).toBe('open\n')
    client.close()
  })

  test('a program behind npm: killed and replaced like any other', async () => {
    const port = await freePort()
    const made = scene({
      'package.json': `{"name":"app","private":true,"scripts":{"start":"node server.js ${port}"}}`,
      'server.js': COUNTER,
    })
    const run = made.run('--', 'npm', 'start', '--silent')
    await run.printed(/Admin {6}/)
    const client = new Client(port)
    for (let round = 1; round <= 2; round++) {
      expect(await client.ask()).toBe(`${round} ${round}`)
      const { primary, replicas } = await made.statusWhen((status) => status.replicas.filter(isReady).length === 3)
      process.kill(replicas.find(({ id }) => id === primary)?.pid as number, 'SIGKILL')
      await made.statusWhen((status) => status.failoverCount === round && status.primary !== null)
    }
    expect(await client.ask()).toBe('3 3')
    expect(run.stderr).toMatch(/✖ r1 \(pid \d+\) SIGKILL/)
    client.close()
  })

  test('output over fail-overs: no line lost, none repeated', async () => {
    const made = scene({
      'ticker.js': `
        let line = 0
        const tick = setInterval(() => {
          for (let count = 0; count < 50; count++) console.log('line', ++line, 'x'.repeat(line % 300))
          if (line === 20000) clearInterval(tick)
        }, 10)`,
    })
    const run = made.run('--', 'node', 'ticker.js')
    for (let round = 1; round <= 2; round++) {
      await run.printed(new RegExp(`line ${round * 4000} `))
      await made.llft('kill', 'primary')
    }
    expect(await run.code()).toBe(0)
    const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at + 1} ${'x'.repeat((at + 1) % 300)}\n`)
    expect(run.stdout === lines.join('')).toBe(true)
    expect(run.stderr.match(/is primary, view/g)).toHaveLength(2)
  })

  test('kill by id; an id that is none', async () => {
    const { scene: made, run } = await counter()
    expect((await made.llft('kill', 'r3', '--json')).stdout).toMatch(/^\{"id":"r3","pid":\d+,"signal":"SIGKILL"\}\n$/)
    await run.printed(/✖ r3 .*SIGKILL/)
    const wrong = await made.llft('kill', 'r99')
    expect(wrong.stderr).toMatch(/LLFT_E_ADMIN_UNKNOWN_REPLICA/)
    expect(await wrong.code()).toBe(2)
  })

  test('the gateway dies: it is started again, the memory is there', async () => {
    const { scene: made, run, port } = await counter()
    const first = new Client(port)
    expect(await first.ask()).toBe('1 1')
    const { gateway } = await made.status()
    process.kill(gateway.pid as number, 'SIGKILL')
    await until(() => !first.open)
    await run.printed(/LLFT_W_GATEWAY_RESTARTED/)
    await made.statusWhen((status) => status.gateway.listeners.length === 1)
    const second = new Client(port)
    expect(await second.ask()).toBe('1 2')
    second.close()
  })

  test('--listen opens a port of the program elsewhere', async () => {
    const [outside, inside] = [await freePort(), await freePort()]
    const made = scene({ 'server.js': COUNTER })
    const listen = `127.0.0.1:${outside}=${inside}`
    const run = made.run('--listen', listen, '--', 'node', 'server.js', String(inside))
    await run.printed(new RegExp(`Gateway {4}127\\.0\\.0\\.1:${outside}`))
    const client = new Client(outside)
    expect(await client.ask()).toBe('1 1')
    client.close()
  })

  test('a port that is taken: the error of the program itself, and its code', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const run = scene({ 'server.js': COUNTER }).run('--', 'node', 'server.js', String(port))
    expect(await run.code()).toBe(1)
    expect(run.stderr).toContain('EADDRINUSE')
    expect(run.stderr.match(/Emitted 'error' event/g)).toHaveLength(1)
    expect(run.stderr).toContain('LLFT_W_LISTEN_FAILED')
    other.close()
  })

  test('one replica works, with a warning', async () => {
    const { run, port } = await counter('-r', '1')
    expect(run.stderr).toContain('LLFT_W_ONE_REPLICA')
    const client = new Client(port)
    expect(await client.ask()).toBe('1 1')
    client.close()
  })

  test.each([
    ['sh', '-c', 'node server.js "$@"', 'sh'],
    ['npm', 'start', '--silent', '--'],
  ])('%s %s reaches the program, with its arguments', async (...command) => {
    const made = scene({
      'package.json': '{"name":"app","private":true,"scripts":{"start":"node server.js"}}',
      'server.js': 'console.log(JSON.stringify(process.argv.slice(2))); setInterval(() => {}, 1000)',
    })
    const run = made.run('--', ...command, '--flag', 'two words', '')
    await run.printed(/two words/)
    expect(run.stdout).toBe('["--flag","two words",""]\n')
    run.child.kill('SIGTERM')
    expect(await run.code()).toBe(143)
  })
})

describe('the end', () => {
  const scenes: Scene[] = []
  afterEach(async () => {
    for (const scene of scenes.splice(0)) await scene.close()
  })

  function program(text: string, ...options: readonly string[]): Run {
    const made = new Scene({ 'program.js': text })
    scenes.push(made)
    return made.run(...options, '--', 'node', 'program.js', '-r', '--', '--help')
  }

  test('the exit code, stdout and stderr of the program, each once; its arguments byte for byte', async () => {
    const run = program(`
      console.log(JSON.stringify(process.argv.slice(2)))
      console.error('words')
      setTimeout(() => process.exit(7), 50)`)
    expect(await run.code()).toBe(7)
    expect(run.stdout).toBe('["-r","--","--help"]\n')
    expect(run.stderr.match(/^words$/gm)).toHaveLength(1)
  })

  test('a program that ends by itself', async () => {
    const run = program(`console.log('done')`)
    expect(await run.code()).toBe(0)
    expect(run.stdout).toBe('done\n')
    expect(run.stderr).not.toContain('LLFT_E')
  })

  test('a bug that every replica has: the error and the code of the program, and that it was everywhere', async () => {
    const run = program(`setTimeout(() => { throw new Error('the same bug') }, 50)`)
    expect(await run.code()).toBe(1)
    expect(run.stderr.match(/Error: the same bug/g)).toHaveLength(1)
    expect(run.stderr).toMatch(/LLFT_E_GUEST_FAILED_ALIKE {2}Every replica failed in the same way: code 1/)
  })

  test('a program that is not there: the error of Node itself', async () => {
    const made = new Scene({})
    scenes.push(made)
    const run = made.run('--', 'node', 'nowhere.js')
    expect(await run.code()).toBe(1)
    expect(run.stderr).toContain('Cannot find module')
  })

  test('a native crash in every replica', async () => {
    const run = program(`setTimeout(() => process.abort(), 50)`)
    expect(await run.code()).toBe(134)
    expect(run.stderr).toMatch(/LLFT_E_GUEST_(FAILED|CRASHED)_ALIKE/)
  })

  const HANDLER = `
    let count = 0
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {
      console.log(name, ++count)
      setTimeout(() => process.exit(5), 300)
    })
    setInterval(() => {}, 1000)
    console.log('up')`

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s reaches the handler of the program once', async (signal) => {
    const run = program(HANDLER)
    await run.printed(/up/)
    run.child.kill(signal)
    expect(await run.code()).toBe(5)
    expect(run.stdout).toBe(`up\n${signal} 1\n`)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s without a handler ends with %d', async (signal, code) => {
    const run = program(`setInterval(() => {}, 1000); console.log('up')`)
    await run.printed(/up/)
    run.child.kill(signal)
    expect(await run.code()).toBe(code)
  })

  const STUBBORN = `process.on('SIGINT', () => console.log('no')); setInterval(() => {}, 1000); console.log('up')`

  test('a second Ctrl-C ends at once', async () => {
    const run = program(STUBBORN)
    await run.printed(/up/)
    run.child.kill('SIGINT')
    await run.printed(/no/)
    await new Promise((resolve) => setTimeout(resolve, 300))
    run.child.kill('SIGINT')
    expect(await run.code()).toBe(130)
  })

  test('a program that does not end in time is ended, with a warning', async () => {
    const run = program(STUBBORN, '--stop-grace-ms', '300')
    await run.printed(/up/)
    run.child.kill('SIGINT')
    expect(await run.code()).toBe(130)
    expect(run.stderr).toContain('LLFT_W_STOP_FORCED')
  })

  test('a second program in the command is refused', async () => {
    const made = new Scene({ 'a.js': `console.log('a')`, 'b.js': `console.log('b')` })
    scenes.push(made)
    const run = made.run('--', 'sh', '-c', 'node a.js && node b.js')
    await run.code()
    expect(run.stdout).toBe('a\n')
    expect(run.stderr).toMatch(/LLFT_E_GUEST_SECOND .*a\.js.*b\.js/)
  })

  test('nothing is left running, nor in the temporary folder, after SIGKILL of the supervisor', async () => {
    const made = new Scene({ 'program.js': `setInterval(() => {}, 1000); console.log('up')` })
    scenes.push(made)
    const run = made.run('--', 'sh', '-c', 'node program.js; true')
    await run.printed(/up/)
    const status = await made.status()
    const mine = descendants(run.child.pid as number)
    expect(mine).toEqual(expect.arrayContaining(status.replicas.map(({ pid }) => pid)))
    expect(mine).toContain(status.gateway.pid)
    run.child.kill('SIGKILL')
    await until(() => !mine.some(isAlive))
    await until(() => made.leftovers.length === 0)
    expect((await made.llft('status')).stderr).toContain('LLFT_E_ADMIN_NOT_RUNNING')
  })

  test('nothing is left after an orderly end', async () => {
    const made = new Scene({ 'program.js': 'setTimeout(() => {}, 200)' })
    scenes.push(made)
    const run = made.run('--', 'node', 'program.js')
    await until(() => descendants(run.child.pid as number).length >= 5)
    const mine = descendants(run.child.pid as number)
    expect(await run.code()).toBe(0)
    await until(() => !mine.some(isAlive))
    expect(made.leftovers).toEqual([])
  })
})

function isReady({ state }: { readonly state: string }): boolean {
  return state === 'ready'
}

function descendants(pid: number): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number)
  return children.flatMap((child) => [child, ...descendants(child)])
}
