import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { LeaseStore } from '../../src/supervisor/lease/lease-store.js'
import { MajorityStore } from '../../src/supervisor/lease/majority.js'
import { Link } from '../../src/supervisor/remote/link.js'
import { Voter } from '../../src/supervisor/remote/voter.js'
import { until } from './support.js'

const HOST = '127.0.0.1'
const PORTS = [47_721, 47_722, 47_723]
/** Long enough for a machine that is busy with something else for a while. */
const LEASE = { ttl: 1_000_000, driftBound: 100_000 }
const LASTS_MS = 1100

/** Parts of a group on one host, with real sockets. */
class Parts {
  readonly #links = new Map<number, Link>()

  /** All within a millisecond: what the first one may know, the last one may know soon. */
  async startAll(ports: readonly number[]): Promise<void> {
    await Promise.all(ports.map((port) => this.#start(port)))
  }

  async #start(port: number): Promise<void> {
    const voter = new Voter({ group: 'far', speaker: port })
    const link = new Link({
      own: { host: HOST, port },
      peers: [],
      group: 'far',
      heard: (word, from) => {
        if (word.word === 'vote') link.say(voter.voted(word), from)
        else if (word.word === 'return') voter.returned(word)
      },
    })
    this.#links.set(port, link)
    await link.open()
  }

  stop(port: number): void {
    this.#links.get(port)?.close()
  }

  close(): void {
    for (const link of this.#links.values()) link.close()
  }
}

const store = (holder: string, ports: readonly number[] = PORTS): MajorityStore =>
  new MajorityStore({
    group: 'far',
    holder,
    host: HOST,
    voters: ports.map((port) => ({ host: HOST, port })),
    lease: LEASE,
    timeoutMs: 250,
  })

async function acquired(wants: LeaseStore): Promise<number> {
  const began = performance.now()
  while (!(await wants.ask()).granted) if (performance.now() - began > 10_000) throw new Error('never')
  return performance.now() - began
}

/** Until all three have granted it, the one, too, that was still starting when the others did. */
async function known(holder: LeaseStore): Promise<void> {
  for (let count = 0; count < 4; count++) {
    await sleep(20)
    expect(await holder.ask()).toEqual({ granted: true })
  }
}

describe('MajorityStore', () => {
  let parts = new Parts()
  afterEach(() => {
    parts.close()
    parts = new Parts()
  })

  test('grants when parts that have just started know that nobody has it, and renews', async () => {
    await parts.startAll(PORTS)
    const first = store('first')
    expect(await first.ask()).toEqual({ granted: false, holder: undefined })
    await acquired(first)
    expect(await first.ask()).toEqual({ granted: true })
    await until(() => first.voters.answered === 3)
    // The first word by which the others learn that it has it.
    expect(await store('second').ask()).toEqual({ granted: false, holder: 'first' })
  })

  test('goes on with two of three, not with one; when two have forgotten whom they granted, it is lost', async () => {
    await parts.startAll(PORTS)
    const first = store('first')
    await acquired(first)
    await known(first)
    parts.stop(47_721)
    expect(await first.ask()).toEqual({ granted: true })
    parts.stop(47_722)
    await expect(first.ask()).rejects.toThrow('1 of 3 parts answer')
    const second = store('second')
    expect(await second.ask()).toEqual({ granted: false, holder: 'first' })
    expect(second.voters).toMatchObject({ count: 3, answered: 1 })
    await parts.startAll([47_721, 47_722])
    await sleep(LASTS_MS + 50)
    expect(await first.ask()).toEqual({ granted: false, holder: undefined })
    expect(await acquired(second)).toBeLessThan(LASTS_MS)
  })

  test('passes to another after its time, or at once when it is released, and who lost it is told', async () => {
    await parts.startAll(PORTS)
    const [first, second, third] = [store('first'), store('second'), store('third')]
    await acquired(first)
    await first.ask()
    expect(await acquired(second)).toBeGreaterThan(LASTS_MS - 100)
    await second.ask()
    expect(await first.ask()).toEqual({ granted: false, holder: 'second' })
    await second.release()
    expect(await acquired(third)).toBeLessThan(LASTS_MS - 100)
  })

  test('of two that want it at once one gets it, though they stand in the way of each other', async () => {
    await parts.startAll(PORTS)
    const rivals = [store('one'), store('other')]
    const won: LeaseStore[] = []
    const wants = async (rival: LeaseStore): Promise<void> => {
      while (won.length === 0) if ((await rival.ask()).granted) won.push(rival)
    }
    await Promise.all(rivals.map(wants))
    expect(won).toHaveLength(1)
    expect(await won[0]?.ask()).toEqual({ granted: true })
  })

  test('with lists that could both have a majority only the first gets it', async () => {
    await parts.startAll([...PORTS, 47_724])
    const first = store('first', [47_721, 47_722, 47_723])
    await acquired(first)
    await known(first)
    const other = store('other', [47_722, 47_723, 47_724])
    expect(await other.ask()).toEqual({ granted: false, holder: 'first' })
    expect(other.voters.unlike).toBe(true)
  })
})
