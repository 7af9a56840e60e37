import type { KindName, MessageOf } from '../../src/message/index.js'
import type { Selection } from '../simulation/stage/direction.js'
import type { Stage, Wire } from '../simulation/stage/stage.js'
import { MILLISECOND } from '../simulation/stage/stage.js'

/** What left a process, by kind, sender and receiver. */
export type Seen<K extends KindName> = Omit<Wire, 'message'> & { readonly message: MessageOf<K> }

export function seen<K extends KindName>(stage: Stage, kind: K, from?: string, to?: string): readonly Seen<K>[] {
  return stage.sent.filter((wire): wire is Seen<K> & Wire => {
    const between = (from === undefined || wire.from === from) && (to === undefined || wire.to === to)
    return wire.message.kind === kind && between
  })
}

/** Anything that left, by sender and receiver. */
export function passed(stage: Stage, from: string, to: string): readonly Wire[] {
  return stage.sent.filter((wire) => wire.from === from && wire.to === to)
}

/** Requests of client 1, one after the other, each `pace` after the one before. */
export function serve(stage: Stage, requests: number, pace: number): void {
  for (let request = 1; request <= requests; request++) {
    stage.ask(1, String(request))
    stage.run(pace)
  }
}

export function words(requests: number): readonly string[] {
  return Array.from({ length: requests }, (_, at) => String(at + 1))
}

/** The primary is dead, and everybody is told. */
export function failOver(stage: Stage, name: string): void {
  stage.kill(name)
  stage.suspect(name)
}

/** Such datagrams are lost from now on, until `stage.direction.end()`. */
export function lose(stage: Stage, ...selections: readonly Selection[]): void {
  stage.direction.add('lost', { course: 'lose', selections, once: false })
}

export function loseNext(stage: Stage, selection: Selection): void {
  stage.direction.add('lost once', { course: 'lose', selections: [selection], once: true })
}

/** Longer than every timer of ordinary traffic. */
export const SETTLED = 50 * MILLISECOND
