import type { Endpoint } from '../../src/supervisor/endpoint.js'
import type { Link } from '../../src/supervisor/remote/link.js'
import type { Word } from '../../src/supervisor/remote/words.js'

export const at = (address: string): Endpoint => ({ address, port: 1 })

/** A network on which everything takes a millisecond: what happens at once happens at once for ever. */
export class Net {
  readonly #ears = new Map<string, (word: Word, from: string) => void>()
  /** What nobody hears. */
  loses: (word: Word, from: string, to: string) => boolean = () => false

  join(name: string, heard: (word: Word, from: string) => void): (word: Word, to: string) => void {
    this.#ears.set(name, heard)
    return (word, to) => {
      if (!this.loses(word, name, to)) setTimeout(() => this.#ears.get(to)?.(word, name), 1)
    }
  }

  /** What stands for a socket. */
  link(name: string, heard: (word: Word, from: Endpoint) => void): Link {
    const say = this.join(name, (word, from) => heard(word, at(from)))
    const link = { open: () => Promise.resolve(), close() {}, known: this.#others(name) }
    return { ...link, say: (word: Word, to: Endpoint) => say(word, to.address) } as unknown as Link
  }

  #others(own: string): readonly Endpoint[] {
    return [...this.#ears.keys()].filter((name) => name !== own).map(at)
  }
}
