import type { Course } from '../../../src/sim/index.js'
import type { KindName } from '../../../src/message/index.js'

/** Which datagrams a stage direction is about. */
export interface Selection {
  /** Any kind when undefined. */
  readonly kind?: KindName | undefined
  /** Anybody when undefined. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export interface Leaving {
  readonly kind: KindName
  readonly from: string
  readonly to: string
}

interface Rule {
  /** How the rule was said, for complaints. */
  readonly said: string
  readonly course: Exclude<Course, 'carry'>
  readonly selections: readonly Selection[]
  readonly once: boolean
  struck: number
}

export function selects({ kind, from, to }: Selection, leaving: Leaving): boolean {
  return (
    (kind === undefined || kind === leaving.kind) &&
    (from === undefined || from === leaving.from) &&
    (to === undefined || to === leaving.to)
  )
}

/** What is to become of datagrams; the newest rule that knows one decides. */
export class Direction {
  #rules: Rule[] = []
  readonly #unused: string[] = []

  add(said: string, terms: Pick<Rule, 'course' | 'selections' | 'once'>): void {
    this.#rules.unshift({ said, ...terms, struck: 0 })
  }

  /** All rules that were to last end, or one by how it was said. */
  end(said?: string): void {
    const [ended, left] = [this.#rules, [] as Rule[]]
    this.#rules = said === undefined ? left : ended.filter((rule) => rule.said !== said)
    const gone = ended.filter((rule) => !this.#rules.includes(rule))
    if (gone.length === 0) this.#unused.push(said ?? 'nothing was to be ended')
    this.#unused.push(...gone.filter(({ struck }) => struck === 0).map((rule) => rule.said))
  }

  course(leaving: Leaving): Course {
    const rule = this.#rules.find(({ selections }) => selections.some((selection) => selects(selection, leaving)))
    if (rule === undefined) return 'carry'
    rule.struck++
    if (rule.once) this.#rules = this.#rules.filter((each) => each !== rule)
    return rule.course
  }

  /** Rules that no datagram met: the play says something that does not happen. */
  get unused(): readonly string[] {
    return [...this.#unused, ...this.#rules.filter(({ struck }) => struck === 0).map(({ said }) => said)]
  }
}
