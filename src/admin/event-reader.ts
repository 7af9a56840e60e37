import type { GroupEvent } from './group-event.js'

const DATA = 'data: '

/** Takes server-sent events out of what arrives. */
export class EventReader {
  readonly #take: (event: GroupEvent) => void
  #rest = ''

  constructor(take: (event: GroupEvent) => void) {
    this.#take = take
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith(DATA)) this.#take(JSON.parse(line.slice(DATA.length)) as GroupEvent)
    }
  }
}
