import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LlftError } from '../../src/errors/index.js'
import { Chronicle } from '../../src/supervisor/chronicle.js'
import type { SnapshotAnswer } from '../../src/supervisor/gateway-process.js'
import { Generations } from '../../src/supervisor/generations.js'
import type { Notice } from '../../src/supervisor/notice.js'
import { SnapshotOffer } from '../../src/supervisor/snapshot-offer.js'
import type { GenerationTerms } from '../../src/supervisor/succession.js'

const HISTORY_BYTES = 1000
const RESTORED: SnapshotAnswer = { outcome: 'restored', bytes: 10 }
const FAILED: SnapshotAnswer = { outcome: 'kept', reason: 'the new program did not restore: of no use', again: false }

/** The gateway that both generations share: the test answers for it. */
class GatewayStandIn {
  readonly #asked: ((answer: SnapshotAnswer) => void)[] = []
  moved = 0

  get asked(): number {
    return this.#asked.length
  }

  takeSnapshot(): Promise<SnapshotAnswer> {
    return new Promise((resolve) => this.#asked.push(resolve))
  }

  answer(answer: SnapshotAnswer): void {
    this.#asked.at(-1)?.(answer)
  }

  move(): Promise<{ streams: number; pausedMs: number }> {
    this.moved++
    return Promise.resolve({ streams: 2, pausedMs: 5 })
  }
}

/** A generation without processes: what a supervisor is to whoever moves a program from one to the next. */
class GenerationStandIn {
  readonly offer = new SnapshotOffer()
  readonly chronicle = new Chronicle()
  readonly replicas: { readonly numbered: number; readonly living: readonly { readonly slot: string }[] }
  readonly gateway: { readonly process: GatewayStandIn }
  readonly status: object
  readonly signals: number[] = []
  readonly done: string[] = []
  obstacle: string | undefined
  retired = false
  #end: (end: { code: number; signal: number }) => void = () => {}
  readonly #ended = new Promise((resolve) => (this.#end = resolve))

  constructor({ generation, numberedBefore, replicas: wanted }: GenerationTerms, process: GatewayStandIn) {
    const living = Array.from({ length: wanted }, (_, at) => ({ slot: `r${numberedBefore + at + 1}` }))
    this.replicas = { numbered: numberedBefore + wanted, living }
    this.gateway = { process }
    this.status = { generation, wanted, history: { bytes: HISTORY_BYTES } }
  }

  get desk(): object {
    return {
      name: 'one',
      add: () => this.done.push('add'),
      remove: (target: string) => this.done.push(`remove ${target}`),
      failover: (to: string | undefined) => this.done.push(`failover ${to ?? 'to anybody'}`),
      kill: (target: string) => this.done.push(`kill ${target}`),
    }
  }

  run(): Promise<unknown> {
    return this.#ended
  }

  signal(signal: number): void {
    this.signals.push(signal)
  }

  succeed(before: GenerationStandIn): Promise<void> {
    before.retire()
    return Promise.resolve()
  }

  retire(): void {
    this.retired = true
    // Its processes end first.
    setImmediate(() => this.end())
  }

  end(): void {
    this.#end({ code: 0, signal: 0 })
  }
}

interface Scene {
  readonly generations: Generations
  readonly gateway: GatewayStandIn
  /** All that were made, in order. */
  readonly made: readonly GenerationStandIn[]
  readonly notices: readonly Notice[]
}

function scene(): Scene {
  const gateway = new GatewayStandIn()
  const made: GenerationStandIn[] = []
  const notices: Notice[] = []
  const options = { name: 'one', replicas: 3, guestStartMs: 60_000, snapshotBytes: HISTORY_BYTES }
  const terms = {
    options: options as never,
    notice: (notice: Notice) => void notices.push(notice),
    make: (how: GenerationTerms) => {
      made.push(new GenerationStandIn(how, gateway))
      return made.at(-1) as never
    },
  }
  const generations = new Generations(terms)
  made[0]?.offer.make()
  return { generations, gateway, made, notices }
}

/** Until the old program stands still. */
async function standsStill({ gateway, made }: Scene, times = 1): Promise<void> {
  made.at(-1)?.offer.make()
  while (gateway.asked < times) await turn()
}

describe('while a snapshot is taken', () => {
  test('what would be lost with the old generation is refused, and what a failure may do is not', async () => {
    const all = scene()
    const { generations, gateway, made } = all
    const { desk } = generations
    const taking = desk.snapshot()
    const refused = async (): Promise<void> => {
      const busy = expect.objectContaining({ code: 'LLFT_E_SNAPSHOT_BUSY' }) as Error
      expect(() => desk.add()).toThrow(busy)
      await expect(desk.remove('r2')).rejects.toThrow(busy)
      await expect(desk.failover(undefined)).rejects.toThrow(busy)
      await expect(desk.snapshot()).rejects.toThrow(busy)
    }
    await refused()
    await standsStill(all)
    await refused()
    desk.kill('r1')
    expect(made.map(({ done }) => done)).toEqual([['kill r1'], []])
    gateway.answer(RESTORED)
    expect(await taking).toMatchObject({ generation: 2, replicas: ['r4', 'r5', 'r6'], streams: 2 })
    desk.add()
    await desk.remove('r4')
    await desk.failover('r5')
    expect(made.map(({ done }) => done)).toEqual([['kill r1'], ['add', 'remove r4', 'failover r5']])
  })

  test.each([
    ['the new one', RESTORED, [], [12, 10]],
    ['the old one, if it is kept', FAILED, [12, 10], []],
  ])('a signal waits for the program that goes on: %s', async (_name, answer, old, next) => {
    const all = scene()
    const { generations, gateway, made } = all
    const taking = generations.takeSnapshot().catch((error: unknown) => error)
    generations.signal(28)
    await standsStill(all)
    for (const signal of [12, 10, 12]) generations.signal(signal)
    expect(made[0]?.signals).toEqual([28])
    gateway.answer(answer)
    await taking
    expect(made.map(({ signals }) => signals)).toEqual([[28, ...old], next])
  })

  test('a signal that has waited does not wait for the next time it is asked, and none overtakes it', async () => {
    const all = scene()
    const { generations, gateway, made } = all
    const taking = generations.takeSnapshot()
    await standsStill(all)
    generations.signal(12)
    gateway.answer({ outcome: 'kept', reason: 'a request is half read', again: true })
    while (made[0]?.signals.length === 0) await turn()
    generations.signal(10)
    expect(made[0]?.signals).toEqual([12, 10])
    await standsStill(all, 2)
    gateway.answer(RESTORED)
    await taking
    expect(made[1]?.signals).toEqual([])
  })

  test('Ctrl-C waits for nothing: the old program gets it, and the new one is given up', async () => {
    const all = scene()
    const { generations, gateway, made } = all
    const taking = generations.takeSnapshot()
    await standsStill(all)
    generations.signal(2)
    expect(made.map(({ signals, retired }) => [signals, retired])).toEqual([
      [[2], false],
      [[], true],
    ])
    generations.signal(2)
    expect(made[0]?.signals).toEqual([2, 2])
    gateway.answer({ outcome: 'kept', reason: 'the new program is not to go on', again: false })
    await expect(taking).rejects.toThrow('the program has been told to stop')
  })

  test('and the old one ends at once: the run is the new one’s', async () => {
    const all = scene()
    const { generations, gateway, made } = all
    const running = generations.run()
    const taking = generations.takeSnapshot()
    await standsStill(all)
    const [first, second] = made
    Object.assign(first ?? {}, { retire: () => first?.end() })
    gateway.answer(RESTORED)
    await taking
    await turn()
    const state = await Promise.race([running.then(() => 'over'), turn('goes on')])
    expect(state).toBe('goes on')
    second?.end()
    expect(await running).toEqual({ code: 0, signal: 0 })
  })

  test.each([
    ['does not restore', FAILED.reason, (all: Scene) => all.gateway.answer(FAILED)],
    ['ends meanwhile', 'the program that was started anew ended with code 0', endsMeanwhile],
  ])('and the new program %s the old one goes on', async (_name, reason, befalls) => {
    const all = scene()
    const { generations, gateway, made, notices } = all
    const running = generations.run()
    const taking = generations.takeSnapshot()
    await standsStill(all)
    befalls(all)
    await expect(taking).rejects.toThrow(reason)
    expect(made.map(({ retired }) => retired)).toEqual([false, true])
    expect([gateway.moved, notices]).toEqual([0, []])
    made[0]?.end()
    expect(await running).toEqual({ code: 0, signal: 0 })
  })
})

function endsMeanwhile({ gateway, made }: Scene): void {
  made.at(-1)?.end()
  setImmediate(() => gateway.answer(RESTORED))
}

describe('by itself', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  const waits = (notices: readonly Notice[]): readonly unknown[] =>
    notices.flatMap((each) => (each.notice === 'report' ? [[each.report.code, waitIn(each.report.what)]] : []))
  const waitIn = (what: string): number => Number(/again in (\d+) ms/.exec(what)?.[1])

  /** The next try is made after so long, not earlier. */
  async function nextTry(all: Scene, afterMs: number, answer: SnapshotAnswer): Promise<void> {
    const { gateway, made, notices } = all
    const before = made.length
    const told = notices.length
    vi.advanceTimersByTime(afterMs - 1)
    expect(made.length).toBe(before)
    vi.advanceTimersByTime(1)
    expect(made.length).toBe(before + 1)
    await standsStill(all, gateway.asked + 1)
    gateway.answer(answer)
    while (notices.length === told) await turn()
  }

  test('what could not be taken is tried again later and later, each time with a warning', async () => {
    const all = scene()
    const { generations, made, notices } = all
    const running = generations.run()
    const tries = [1000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]
    for (const afterMs of tries) await nextTry(all, afterMs, FAILED)
    const warned = [...tries.slice(1), 600_000].map((waitMs) => ['LLFT_W_SNAPSHOT_KEPT', waitMs])
    expect(waits(notices)).toEqual(warned)
    expect(notices[0]).toMatchObject({ report: { what: expect.stringContaining(FAILED.reason) as string } })
    // After one that was taken it begins anew.
    await nextTry(all, 600_000, RESTORED)
    await nextTry(all, 1000, FAILED)
    expect(waits(notices).slice(warned.length)).toEqual([['LLFT_W_SNAPSHOT_KEPT', 10_000]])
    made.at(-2)?.end()
    expect(await running).toEqual({ code: 0, signal: 0 })
  })
})

test('what stands in the way is said before anything is started', async () => {
  const { generations, made } = scene()
  Object.assign(made[0] ?? {}, { obstacle: 'the program reads standard input' })
  await expect(generations.takeSnapshot()).rejects.toThrow('the program reads standard input')
  expect(made.length).toBe(1)
})

test('who offers nothing is not asked', async () => {
  const { generations, made } = scene()
  const [first] = made
  Object.assign(first ?? {}, { offer: new SnapshotOffer() })
  const error: unknown = await generations.takeSnapshot().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(LlftError)
  expect((error as LlftError).code).toBe('LLFT_E_SNAPSHOT_NOT_OFFERED')
  expect(made.length).toBe(1)
})
