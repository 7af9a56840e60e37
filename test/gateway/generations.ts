import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, vi } from 'vitest'
import { lineOf, LineReader, runGateway } from '../../src/gateway/index.js'
import type { GatewayCommand, GatewayReport, GatewayStatistics } from '../../src/gateway/index.js'
import { GROUP } from '../../src/message/index.js'
import type { Epoch, Frame, MemberId } from '../../src/message/index.js'
import { listening } from './fixture.js'
import { InProcessPort, listenFrame } from './in-process-port.js'

export const [FIRST, SECOND, THIRD] = [1 as Epoch, 2 as Epoch, 3 as Epoch]

type Report<Type extends GatewayReport['type']> = Extract<GatewayReport, { type: Type }>

/** A gateway's whole process but for the process itself: its control pipe, and a program for each generation. */
export class Generations {
  readonly reports: GatewayReport[] = []
  readonly ended: Promise<void>
  readonly #input = new PassThrough()
  readonly #output = new PassThrough()
  readonly #ports = new Map<Epoch, InProcessPort>()

  constructor() {
    const reader = new LineReader((report) => this.reports.push(report as GatewayReport))
    this.#output.setEncoding('utf8').on('data', (text: string) => reader.push(text))
    this.ended = runGateway({ input: this.#input, output: this.#output }, (start, _ports, listener) => {
      const port = new InProcessPort(listener, () => {})
      this.#ports.set(start.application.epoch, port)
      return port
    })
  }

  say(command: GatewayCommand): void {
    this.#input.write(lineOf(command))
  }

  async start(epoch: Epoch): Promise<InProcessPort> {
    this.say({
      type: 'start',
      address: '127.0.0.1',
      identity: { group: GROUP.gateway, epoch: (epoch + 100) as Epoch, memberId: (epoch + 200) as MemberId },
      application: { group: GROUP.application, epoch },
      contacts: [],
      settings: { commit: 'reflected', historyBytesMax: 1 << 30, journal: undefined, multicast: undefined },
      listen: [],
      faults: {},
    })
    return await vi.waitUntil(() => this.#ports.get(epoch), { interval: 1 })
  }

  /** Waits for the next report of a kind, of which `after` there have been. */
  async told<Type extends GatewayReport['type']>(type: Type, after = 0): Promise<Report<Type>> {
    return await vi.waitUntil(() => this.of(type)[after], { interval: 1 })
  }

  of<Type extends GatewayReport['type']>(type: Type): Report<Type>[] {
    return this.reports.filter((report): report is Report<Type> => report.type === type)
  }

  async statistics(): Promise<GatewayStatistics> {
    const before = this.of('stats').length
    this.say({ type: 'stats' })
    return await this.told('stats', before)
  }

  /** The successor has the clients in the end. */
  async move(from: InProcessPort, to: InProcessPort, ...before: readonly Frame[]): Promise<number> {
    await this.restore(from, to, ...before)
    const moves = this.of('moved').length
    this.say({ type: 'move' })
    return (await this.told('moved', moves)).streams
  }

  /** As far as that the supervisor is to decide; `before`: what the old program says before its value. */
  async restore(from: InProcessPort, to: InProcessPort, ...before: readonly Frame[]): Promise<void> {
    const restored = this.of('restored').length
    this.say({ type: 'switch' })
    await asked(from, 'save')
    from.release(...before, outcome('saved', 'value'))
    await asked(to, 'restore')
    to.release(outcome('restored'))
    await this.told('restored', restored)
  }
}

/** Runs gateways and stops them, and the clients, after each test. */
export function generations(): {
  run(): Generations
  /** A program that listens, and one that listens at the same name and is to follow. */
  two(): Promise<{ both: Generations; old: InProcessPort; young: InProcessPort; port: number }>
  client(port: number): Promise<Socket>
} {
  const running: Generations[] = []
  const clients: Socket[] = []
  afterEach(async () => {
    vi.useRealTimers()
    for (const client of clients.splice(0)) client.destroy()
    for (const one of running.splice(0)) {
      one.say({ type: 'stop' })
      await one.ended
    }
  })
  const run = (): Generations => {
    const one = new Generations()
    running.push(one)
    return one
  }
  return {
    run,
    async two() {
      const both = run()
      const old = await both.start(FIRST)
      const { bound } = await listening(old)
      const young = await both.start(SECOND)
      await listening(young, listenFrame(7))
      return { both, old, young, port: bound.port }
    },
    async client(port) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      clients.push(socket)
      await once(socket, 'connect')
      return socket
    },
  }
}

/** Waits until the program is asked, for the `times`th time. */
export async function asked(port: InProcessPort, ask: 'save' | 'thaw' | 'restore', times = 1): Promise<void> {
  await vi.waitUntil(() => port.of('snapshot').filter((frame) => frame.ask === ask).length >= times, { interval: 1 })
}

export function outcome(name: Extract<Frame, { frame: 'snapshotted' }>['outcome'], text = ''): Frame {
  return { frame: 'snapshotted', outcome: name, bytes: Buffer.from(text) }
}

/** What a program was told of clients, as text. */
export function heard(port: InProcessPort): string[] {
  return port.frames.flatMap((frame) => {
    if (frame.frame === 'data') return `data ${frame.stream} ${Buffer.from(frame.bytes).toString()}`
    return frame.frame === 'open' || frame.frame === 'end' || frame.frame === 'reset'
      ? `${frame.frame} ${frame.stream}`
      : []
  })
}
