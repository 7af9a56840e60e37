import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Founding } from '../../src/driver/index.js'
import type { Epoch, Instant } from '../../src/message/index.js'
import { GatewayLine } from '../../src/supervisor/remote/gateway-line.js'
import { HostAgent } from '../../src/supervisor/remote/host-agent.js'
import { Reign } from '../../src/supervisor/remote/reign.js'
import { remoteReplicas } from '../../src/supervisor/remote/remote-replicas.js'
import type { Replica, Replicas, ReplicasListener, ReplicasMaker } from '../../src/supervisor/replicas.js'
import { Net } from './net.js'

const NAMES = ['host1', 'host2', 'host3']
const epochOf = (number: number): Epoch => (100 + number) as Epoch
let members = 0

/** Stands for the processes of a host: each claims its place at once, and runs until it is ended. */
class Processes implements ReplicasMaker {
  readonly leftovers: readonly string[] = []
  /** Of each replica that runs the epoch in which it was started; 0: of none yet. */
  readonly running = new Map<number, number>()

  make(_: unknown, listener: ReplicasListener): Replicas {
    const records: (Replica & { started: Instant | undefined })[] = []
    const end = (): void => records.splice(0).forEach(({ memberId }) => this.running.delete(Number(memberId)))
    return {
      open: () => Promise.resolve(),
      spawn: () => {
        const memberId = ++members
        const claim = { memberId, locator: memberId, pid: memberId, fingerprint: { hash: 'same', parts: {} } }
        const process = { kill: end, evidence: '', outcome: 'ended' }
        const record = { slot: `r${memberId}`, memberId, claim, process, started: undefined } as never
        records.push(record)
        this.running.set(memberId, 0)
        listener.claimed(record)
      },
      start: (slot: string, started: Instant, { founding }: { founding: Founding }) => {
        const record = records.find((each) => each.slot === slot)
        if (record === undefined) return
        record.started = started
        this.running.set(Number(record.memberId), founding.epoch)
      },
      get living() {
        return records
      },
      probe() {},
      fault() {},
      destroy: end,
      close: end,
    } as unknown as Replicas
  }
}

interface Gateway {
  generation(number: number, of?: readonly string[]): Promise<Replicas>
}

function gateway(net: Net, speaker = 9): Gateway {
  const line = new GatewayLine({ group: 'far', speaker, link: (heard) => net.link('gateway', heard) })
  const reign = new Reign(speaker)
  const times = { hostSilenceMs: 1000, beatMs: 50, probeMs: 100 }
  return {
    /** Its replicas, founded by those of the hosts named; `of` undefined: by all. */
    async generation(number, of) {
      const hosts = of?.map((address) => ({ address, port: 1 }))
      const terms = { ...times, line, reign, hosts, numberedBefore: 0, wanted: 3, fenced: false, mayOrder: () => true }
      const founding = { epoch: epochOf(number), settings: {} } as Founding
      const told = { refused() {}, alive() {}, gone() {}, ended() {} }
      const start = ({ slot }: Replica): void => replicas.start(slot, 0 as Instant, { founding, join: undefined })
      const replicas = remoteReplicas(terms).make(undefined as never, { ...told, claimed: start })
      await replicas.open({ number, epoch: epochOf(number) })
      await vi.advanceTimersByTimeAsync(500)
      return replicas
    },
  }
}

describe('the places of hosts while the program moves to its next generation', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] }))
  const agents: HostAgent[] = []
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.signal(15)
    vi.useRealTimers()
    await Promise.resolve()
  })

  function begin(): { net: Net; on: (host: string) => readonly number[] } {
    const net = new Net()
    net.join('gateway', () => undefined)
    const processes = new Map(NAMES.map((name) => [name, new Processes()]))
    for (const [name, replicas] of processes) {
      const terms = { group: 'far', journal: undefined, stopGraceMs: 0, tell() {} }
      const link = (heard: Parameters<typeof net.link>[1]): ReturnType<typeof net.link> => net.link(name, heard)
      const agent = new HostAgent({ ...terms, speaker: Number(name.slice(-1)), replicas, link })
      agents.push(agent)
      void agent.run()
    }
    return { net, on: (host) => [...(processes.get(host)?.running.values() ?? [])] }
  }
  const all = (on: (host: string) => readonly number[]): readonly (readonly number[])[] => NAMES.map(on)

  test('two beside each other, until it is decided; who decides knows when all have heard', async () => {
    const { net, on } = begin()
    const { generation } = gateway(net)
    const first = await generation(1)
    expect(all(on)).toEqual([[101], [101], [101]])
    const second = await generation(2, NAMES)
    expect(all(on)).toEqual([
      [101, 102],
      [101, 102],
      [101, 102],
    ])
    net.loses = (word, _, to) => word.word === 'order' && word.decided && to === 'host3'
    first.leave()
    let decided = false
    void second.decide().then(() => (decided = true))
    await vi.advanceTimersByTimeAsync(500)
    expect(all(on)).toEqual([[102], [102], [101, 102]])
    expect(decided).toBe(false)
    net.loses = () => false
    await vi.advanceTimersByTimeAsync(100)
    expect(all(on)).toEqual([[102], [102], [102]])
    expect(decided).toBe(true)
    second.leave()
  })

  test('a host that falls silent is not waited for; when it is back it has nothing of the past', async () => {
    const { net, on } = begin()
    const { generation } = gateway(net)
    const first = await generation(1)
    const second = await generation(2, NAMES)
    net.loses = (_, from, to) => from === 'host3' || to === 'host3'
    first.leave()
    let decided = false
    void second.decide().then(() => (decided = true))
    await vi.advanceTimersByTimeAsync(2000)
    expect(decided).toBe(true)
    second.leave()
    net.loses = () => false
    const third = await generation(3, ['host1', 'host2'])
    void third.decide()
    await vi.advanceTimersByTimeAsync(1000)
    expect(all(on)).toEqual([[103], [103], [103]])
    third.leave()
  })

  test('what is given up ends, though no word of it arrives, and the other goes on', async () => {
    const { net, on } = begin()
    const { generation } = gateway(net)
    const first = await generation(1)
    const second = await generation(2, NAMES)
    net.loses = (word, _, to) => word.word === 'order' && word.over !== null && to === 'host3'
    second.close()
    await vi.advanceTimersByTimeAsync(100)
    expect(all(on)).toEqual([[101], [101], [101, 102]])
    await vi.advanceTimersByTimeAsync(3000)
    expect(all(on)).toEqual([[101], [101], [101]])
    // The next try has the same number.
    net.loses = () => false
    const again = await generation(2, NAMES)
    first.leave()
    void again.decide()
    await vi.advanceTimersByTimeAsync(100)
    expect(all(on)).toEqual([[102], [102], [102]])
    again.leave()
  })

  test('of another run of that name nothing is touched', async () => {
    const { net, on } = begin()
    const { generation } = gateway(net)
    const first = await generation(1)
    first.leave()
    const other = gateway(net, 8)
    const stranger = await other.generation(5)
    await vi.advanceTimersByTimeAsync(5000)
    expect(all(on)).toEqual([[101], [101], [101]])
    stranger.leave()
  })
})
