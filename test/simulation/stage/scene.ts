import type { Cast, StageTerms } from './stage.js'
import { Stage } from './stage.js'
import { Transcript } from './transcript.js'
import { viewText } from './wire-text.js'

/** A play while it is performed: the stage, what is written down of it, what it owes its author. */
export class Scene {
  #stage: Stage | undefined
  #transcript: Transcript | undefined
  /** The law that this play is about breaking. */
  broken: string | undefined

  begin(terms: StageTerms): void {
    if (this.#stage !== undefined) throw new Error('a play starts once')
    this.#stage = new Stage(terms)
    this.#transcript = new Transcript(this.#stage)
    this.showMembers()
  }

  get begun(): boolean {
    return this.#stage !== undefined
  }

  get stage(): Stage {
    if (this.#stage === undefined) throw new Error('a play begins with `start ...`')
    return this.#stage
  }

  get transcript(): Transcript {
    void this.stage
    return this.#transcript as Transcript
  }

  /** What each process takes itself for, and what the gateway knows. */
  showMembers(): void {
    const { cast, cluster, names } = this.stage
    for (const { name, process } of cast) {
      const { role, view, held, executed } = process.replica
      this.transcript.say(`${name}: ${role} in ${viewText(view)}, holds ${held}, executed ${executed}`)
    }
    const [status] = cluster.statuses
    if (cluster.gatewayDown || status === undefined) return
    const { view, members, historyIndex } = status
    const followed = members.map(({ memberId }) => names.of(memberId)).join(', ')
    const gateway = names.of(cluster.gateway)
    this.transcript.say(`${gateway}: follows ${viewText(view)} [${followed}], holds ${historyIndex}`)
  }

  /** What is wrong when the curtain falls. */
  get faults(): readonly string[] {
    if (this.#stage === undefined) return ['nothing was started']
    const { violations } = this.#stage.cluster
    const expected = (violation: string): boolean => this.broken !== undefined && violation.startsWith(this.broken)
    const unused = [...this.#stage.unused, ...this.transcript.unused].map((said) => `nothing came of: ${said}`)
    const missed = this.broken !== undefined && !violations.some(expected) ? [`${this.broken} was not broken`] : []
    return [...violations.filter((violation) => !expected(violation)), ...missed, ...unused]
  }
}

/** Who leads, or undefined when nobody or more than one does. */
export function leaderOf(stage: Stage): Cast | undefined {
  const leaders = stage.cluster.processes.filter(({ member }) => member.live)
  return leaders.length === 1 ? leaders[0] : undefined
}
