import type { KindName } from '../../../src/message/index.js'
import { Moment } from './lines.js'
import type { Happening, Stage, Wire } from './stage.js'
import { viewOf, viewText, wireText } from './wire-text.js'

const FATES = { arrived: '', lost: 'is lost', held: 'is held back' } as const
/** Roles that nothing else tells of. */
const ROLES: Readonly<Record<string, string>> = { backup: 'a backup', frozen: 'frozen' }

/** Writes down what happens on a stage: what passes on the wire, and what is decided because of it. */
export class Transcript {
  readonly #stage: Stage
  readonly #hidden = new Map<KindName, number>()
  readonly #moment = new Moment()
  #at = -1
  #lines: string[] = []

  constructor(stage: Stage) {
    this.#stage = stage
    stage.witness = (happening): void => this.#note(happening)
  }

  /** Datagrams of this kind are not shown any more. */
  hide(kind: KindName): void {
    this.#hidden.set(kind, 0)
  }

  say(line: string): void {
    this.#lines.push(...this.#moment.end(), line)
  }

  /** The lines since the last call. */
  take(): readonly string[] {
    const lines = [...this.#lines, ...this.#moment.end()]
    this.#lines = []
    return lines
  }

  /** Kinds that were to be hidden and did not come. */
  get unused(): readonly string[] {
    return [...this.#hidden].filter(([, times]) => times === 0).map(([kind]) => `do not show ${kind}`)
  }

  #note(happening: Happening): void {
    // A role is seen only when the next thing happens: it belongs to the moment before.
    if (happening.what !== 'became') this.#begin(this.#stage.cluster.world.now)
    switch (happening.what) {
      case 'arrived':
      case 'lost':
      case 'held':
        return this.#passes(happening.wire, FATES[happening.what])
      case 'decided':
        return this.#moment.does(happening.who, 'decides', String(happening.index))
      case 'executed':
        return this.#moment.does(happening.who, 'executes', String(happening.index))
      case 'answered':
        return this.#moment.does(`client ${happening.client}`, 'gets', `the answer to "${happening.word}"`)
      case 'became': {
        const role = ROLES[happening.role]
        return role === undefined ? undefined : this.#moment.does(happening.who, 'is', role)
      }
      default:
        return this.#event(happening.event)
    }
  }

  #begin(moment: number): void {
    if (moment !== this.#at) this.#lines.push(...this.#moment.end())
    this.#at = moment
  }

  #passes({ from, to, message }: Wire, fate: string): void {
    const hidden = this.#hidden.get(message.kind)
    if (hidden !== undefined) {
      this.#hidden.set(message.kind, hidden + 1)
      return
    }
    const { names } = this.#stage
    const text = wireText(message, { names, word: (stream, number) => this.#stage.word(stream, number) })
    this.#moment.passes({ view: viewText(viewOf(message)), from, to, text, fate })
  }

  /** `r1 dies`, `gateway sees adopted 2.2.0`, ... */
  #event(event: string): void {
    const [, who, verb, rest = ''] = /^(gateway \d+|\S+) (\S+) ?(.*)$/.exec(event) ?? []
    if (who === undefined || verb === undefined) return
    const seen = /^(adopted|established|members) (\d+)\.\d+\.(\d+)$/.exec(rest)
    if (seen === null) return this.#moment.does(who, verb, rest.replace(/ for \d+$/, ''))
    const view = Number(seen[3]) === 0 ? `v${seen[2]}` : `v${seen[2]}/${seen[3]}`
    return this.#moment.does(who, seen[1] === 'adopted' ? 'adopts' : 'follows', view)
  }
}
