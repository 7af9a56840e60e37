import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import type { AttachReply, AttachRequest } from '../../src/driver/index.js'

type Child = ChildProcessByStdio<null, Readable, Readable>

const here = import.meta.dirname
const stub = join(here, 'stub.cjs')
const guest = join(here, 'guest.cjs')
const founding = { name: 'test', epoch: 7, seed: '00', members: [], peers: [], pid: 1, ppid: 0, hostname: 'h' }
const start = { type: 'start', founding } as unknown as AttachReply

/** A supervisor that answers as a script says; what it was sent is kept. */
class Supervisor {
  readonly heard: AttachRequest[] = []
  readonly #socket: Socket = createSocket('udp4')
  #address = ''

  async open(answer: (request: AttachRequest, count: number) => readonly AttachReply[]): Promise<void> {
    this.#socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      const request = JSON.parse(bytes.toString()) as AttachRequest
      this.heard.push(request)
      const count = this.heard.filter(({ type }) => type === request.type).length
      for (const reply of answer(request, count)) this.#socket.send(JSON.stringify(reply), from.port, from.address)
    })
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    this.#address = `127.0.0.1:${this.#socket.address().port}`
  }

  run(program: string, extra: NodeJS.ProcessEnv = {}): Child {
    const flags = ['--expose-internals', '--random-seed=7', '-r', stub, '--stack-trace-limit=20']
    return spawn(process.execPath, [...flags, program, 'one', 'two'], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LLFT_ATTACH: this.#address,
        LLFT_SLOT: 'r1',
        LLFT_TOKEN: 'secret',
        LLFT_BIN: '/launcher',
        PATH: '/launcher:/real/path',
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  close(): void {
    this.#socket.close()
  }
}

const supervisors: Supervisor[] = []
afterEach(() => {
  for (const supervisor of supervisors.splice(0)) supervisor.close()
})

async function supervisor(
  answer: (request: AttachRequest, count: number) => readonly AttachReply[],
): Promise<Supervisor> {
  const opened = new Supervisor()
  await opened.open(answer)
  supervisors.push(opened)
  return opened
}

async function finish(child: Child): Promise<{ code: number; out: string[]; err: string }> {
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: code as number, out: out.trim().split('\n'), err }
}

test('a guest claims until it is answered, waits for the start, and then sees nothing of us', async () => {
  const place = await supervisor((request, count) => {
    if (request.type !== 'claim') return []
    // The first claim is lost, the second granted; the start comes with the third.
    return count === 1 ? [] : count === 2 ? [{ type: 'granted' }] : [start]
  })
  const { code, out, err } = await finish(place.run(guest, { LLFT_TEST_FAULTS: '{"killAtSend":3}' }))
  expect([code, err]).toEqual([0, ''])
  const [first, ...rest] = place.heard
  expect(first).toMatchObject({ type: 'claim', slot: 'r1', token: 'secret', cwd: process.cwd() })
  expect(rest.map(({ type }) => type)).toEqual(['claim', 'claim', 'attached', 'attached', 'attached'])
  const { got, loaded } = JSON.parse(out[0] ?? '') as { got: Record<string, unknown>; loaded: string[] }
  expect(got).toMatchObject({ founding, faults: { killAtSend: 3 }, memberId: first?.memberId })
  expect(first?.type === 'claim' && first.locator).toBe(got['transport'])
  expect(loaded).toEqual([])
  expect(JSON.parse(out[1] ?? '')).toEqual({
    names: [],
    path: '/real/path',
    execArgv: ['--stack-trace-limit=20'],
    argv: ['one', 'two'],
    preloads: [],
  })
})

test('guests that start alike have one fingerprint; a difference is named, a value is not', async () => {
  const place = await supervisor((request) => (request.type === 'claim' ? [start] : []))
  await finish(place.run(guest))
  await finish(place.run(guest, { LLFT_SLOT: 'r2' }))
  await finish(place.run(guest, { PASSWORD: 'hunter2' }))
  await finish(place.run(stub))
  const [same, alike, variable, program] = place.heard.flatMap((request) =>
    request.type === 'claim' ? [request.fingerprint] : [],
  )
  expect(alike).toEqual(same)
  expect(differing(same, variable)).toEqual(['environment PASSWORD'])
  expect(JSON.stringify(variable)).not.toContain('hunter2')
  expect(differing(same, program)).toEqual(['argv', 'program'])
})

function differing(left?: { parts: Record<string, string> }, right?: { parts: Record<string, string> }): string[] {
  const names = new Set([...Object.keys(left?.parts ?? {}), ...Object.keys(right?.parts ?? {})])
  return [...names].filter((name) => left?.parts[name] !== right?.parts[name])
}

test('a refused claim ends the process with the reason, the program never runs', async () => {
  const place = await supervisor(() => [{ type: 'refused', code: 'LLFT_E_GUEST_SECOND', reason: 'one guest only' }])
  expect(await finish(place.run(guest))).toEqual({ code: 1, out: [''], err: '✖ LLFT_E_GUEST_SECOND  one guest only\n' })
})

test('a guest whose supervisor goes away ends by itself', async () => {
  const place = await supervisor((_request, count) => {
    if (count === 2) supervisors.splice(0)[0]?.close()
    return count === 1 ? [{ type: 'granted' }] : []
  })
  const { code, out, err } = await finish(place.run(guest))
  expect([code, out, err]).toEqual([1, [''], 'llft: the supervisor that started this process is gone\n'])
})

test('known wrappers pass through with everything their children need', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-wrappers-'))
  const place = await supervisor(() => [])
  for (const path of ['npm/bin/npm-cli.js', 'npm/bin/npx-cli.js', 'pnpm/bin/pnpm.cjs', 'corepack/dist/yarn.js']) {
    const wrapper = join(folder, 'node_modules', path)
    mkdirSync(dirname(wrapper), { recursive: true })
    cpSync(guest, wrapper)
    const { code, out } = await finish(place.run(wrapper))
    expect([code, JSON.parse(out[0] ?? '')]).toEqual([0, { got: 'pass', loaded: [] }])
    expect(JSON.parse(out[1] ?? '')).toMatchObject({ path: '/launcher:/real/path' })
    expect((JSON.parse(out[1] ?? '') as { names: string[] }).names).toContain('LLFT_ATTACH')
  }
  expect(place.heard).toEqual([])
  rmSync(folder, { recursive: true })
})

test('without a supervisor in the environment it is plain Node', async () => {
  const place = await supervisor(() => [])
  const { code, out } = await finish(place.run(guest, { LLFT_ATTACH: '' }))
  expect([code, JSON.parse(out[0] ?? '')]).toEqual([0, { got: 'pass', loaded: [] }])
})
