import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GatewayLine } from '../../src/supervisor/remote/gateway-line.js'
import { Reign } from '../../src/supervisor/remote/reign.js'
import { remoteReplicas } from '../../src/supervisor/remote/remote-replicas.js'
import type { Epoch } from '../../src/message/index.js'
import type { FollowedGateway, HostReport } from '../../src/supervisor/remote/words.js'
import type { Replicas } from '../../src/supervisor/replicas.js'
import { Net } from './net.js'

const BEAT_MS = 50
const LONG_MS = 10_000
const GATEWAY: FollowedGateway = { speaker: 9, term: 1, address: 'gateway:1', silent: false }
const GENERATION = { origin: 1, number: 1, epoch: 1 }

/** What the host of one replica says: it followed the gateway that is lost, and goes on with whoever rules next. */
function host(net: Net, name: string, memberId: number | undefined): { gateway: FollowedGateway | null } {
  const state = { gateway: memberId === undefined ? null : GATEWAY }
  let sequence = 0
  const members = [1, 2, 3].map((each) => ({ memberId: each, caughtUp: true }))
  const view = { number: 1, precedence: 1, backupView: 0 }
  const started = { started: true, founding: { epoch: 1 }, standing: { view, members, peers: [], leaving: [] } }
  const claim = { memberId, fingerprint: { hash: 'same', parts: {} } }
  const guest = { claim, answers: 0, looped: true, end: null, evidence: '', ...started }
  const report = (to: string): void => {
    const stamp = { word: 'report', group: 'far', speaker: memberId ?? 99, sequence: ++sequence }
    const place = memberId === undefined ? { generation: null, guest: null } : { generation: GENERATION, guest }
    say({ ...stamp, gateway: state.gateway, decided: memberId !== undefined, ...place } as HostReport, to)
  }
  const say = net.join(name, (word, from) => {
    if (word.word === 'order' && (word.term > 1 || state.gateway === null)) {
      state.gateway = { speaker: word.speaker, term: word.term, address: from, silent: false }
    } else report(from)
  })
  setInterval(() => state.gateway !== null && report(state.gateway.address), BEAT_MS)
  return state
}

interface Standby {
  readonly replicas: Replicas
  adopted: boolean
}

function standby(net: Net, name: string, speaker: number): Standby {
  const state: { adopted: boolean } = { adopted: false }
  const times = { hostSilenceMs: 2000, beatMs: BEAT_MS, probeMs: 100 }
  const terms = { ...times, numberedBefore: 0, hosts: undefined, wanted: 3, fenced: false }
  const line = new GatewayLine({
    group: 'far',
    speaker,
    link: (heard) => net.link(name, heard),
  })
  const made = remoteReplicas({ ...terms, line, reign: new Reign(speaker), mayOrder: () => true })
  const others = {
    standsBy: () => undefined,
    few: () => undefined,
    cutOff: () => undefined,
    superseded: () => undefined,
    adoptable: ({ adopt }: { adopt(terms: object): void }) => {
      adopt({ at: 0, own: () => [], connected: () => true })
      state.adopted = true
    },
  }
  const told = { claimed() {}, refused() {}, alive() {}, gone() {}, ended() {} }
  const replicas = made.make(undefined as never, { ...told, others })
  return Object.assign(state, { replicas })
}

describe('two standbys hear at one moment that no gateway rules any more', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => vi.useRealTimers())

  test.each([
    ['the replicas are all there are', []],
    ['a host without a replica listens to one of them, which does not rule', ['new']],
  ])('one adopts, the other stands by for it: %s', async (_, others) => {
    const net = new Net()
    const hosts = [1, 2, 3].map((id) => host(net, `host${id}`, id))
    for (const name of others) host(net, name, undefined)
    // Each has the same list of peers: standbys speak to each other, too.
    const standbys = [standby(net, 'standby4', 4), standby(net, 'standby5', 5)]
    net.join('gateway', () => undefined)
    await Promise.all(standbys.map(({ replicas }) => replicas.open({ number: 1, epoch: 77 as Epoch })))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(standbys.filter(({ adopted }) => adopted)).toEqual([])
    for (const each of hosts) each.gateway = { ...GATEWAY, silent: true }
    await vi.advanceTimersByTimeAsync(LONG_MS)
    expect(standbys.filter(({ adopted }) => adopted)).toHaveLength(1)
    for (const { replicas } of standbys) replicas.leave()
  })
})
