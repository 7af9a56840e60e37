import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { locatorOf } from '../../src/adapters/index.js'
import { Host, Lan, WITHOUT_NAMESPACES } from '../namespaces/lan.js'

const SCRIPT = new URL('fixtures/host.mjs', import.meta.url).pathname
const GROUP = locatorOf({ address: '239.77.255.9', port: 7703 })
const SETTLE_MS = 150
const BOUND_MS = 10_000

/** `fixtures/host.mjs` on a host. */
class Station {
  readonly #child: ChildProcess
  #said = ''
  locator = 0

  constructor(host: Host, own: string, ttl: number) {
    const group = JSON.stringify({ locator: GROUP, ttl })
    this.#child = spawn('ip', [...host.prefix, process.execPath, '--no-deprecation', SCRIPT, own, group], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
  }

  async opened(): Promise<void> {
    const deadline = performance.now() + BOUND_MS
    while (performance.now() < deadline) {
      const at = /^at (\d+)$/m.exec(this.#said)?.[1]
      if (at !== undefined) this.locator = Number(at)
      if (at !== undefined) return
      await sleep(10)
    }
    throw new Error(`a station said nothing of its place: ${this.#said}`)
  }

  send(locator: number, text: string): void {
    this.#child.stdin?.write(`${locator} ${text}\n`)
  }

  /** What was heard since the last time, in alphabetical order. */
  async heard(): Promise<readonly string[]> {
    await sleep(SETTLE_MS)
    const heard = [...this.#said.matchAll(/^heard (.*)$/gm)].map(([, text]) => text ?? '')
    this.#said = ''
    return heard.toSorted()
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

describe.skipIf(WITHOUT_NAMESPACES !== '')(`UDP between hosts${WITHOUT_NAMESPACES}`, () => {
  const closing: (() => unknown)[] = []
  const stations: Station[] = []
  let left: Lan | undefined

  /** In the order of `stations`: both networks' host on the left, two on a host of the left, one of the right. */
  beforeAll(async () => {
    const made = <T extends { close(): void }>(thing: T): T => {
      closing.push(() => thing.close())
      return thing
    }
    left = made(new Lan('left'))
    const right = made(new Lan('right'))
    const [both, a, b] = ['both', 'a', 'b'].map((name) => made(new Host(name))) as [Host, Host, Host]
    left.attach(both, '10.77.0.1')
    left.attach(a, '10.77.0.2')
    right.attach(both, '10.78.0.1')
    right.attach(b, '10.78.0.2')
    stations.push(new Station(both, '10.77.0.1', 1), new Station(a, '10.77.0.2', 1))
    stations.push(new Station(a, '10.77.0.2', 0), new Station(b, '10.78.0.2', 1))
    for (const station of stations) await station.opened()
  })

  afterAll(async () => {
    for (const station of stations) await station.close()
    for (const close of closing.toReversed()) close()
  })

  const heard = (): Promise<readonly (readonly string[])[]> => Promise.all(stations.map((each) => each.heard()))

  test('one datagram to the group reaches every member in the network of the interface that was chosen', async () => {
    stations[0]?.send(GROUP, 'x')
    expect(await heard()).toEqual([['x'], ['x'], ['x'], []])
    stations[3]?.send(GROUP, 'y')
    // A host in two networks hears both: its kernel asks whether the host has joined there, not which socket has.
    expect((await heard()).slice(1)).toEqual([[], [], ['y']])
  })

  test('a time to live of 0 stays on the host', async () => {
    stations[2]?.send(GROUP, 'x')
    expect(await heard()).toEqual([[], ['x'], ['x'], []])
  })

  test('a copy for each reaches each alone', async () => {
    for (const { locator } of stations.slice(0, 3)) stations[0]?.send(locator, `to-${locator}`)
    expect(await heard()).toEqual([...stations.slice(0, 3).map(({ locator }) => [`to-${locator}`]), []])
  })

  test('where the network drops multicast, unicast still passes', async () => {
    left?.dropMulticast()
    stations[0]?.send(GROUP, 'multicast')
    stations[0]?.send(stations[1]?.locator ?? 0, 'unicast')
    expect((await heard()).slice(1)).toEqual([['unicast'], [], []])
  })
})
