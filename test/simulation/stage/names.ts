import type { Locator, MemberId } from '../../../src/message/index.js'

/**
 * What processes are called in plays: replicas r1, r2, ... as they start, `gateway`, `console`, and a gateway that
 * follows another `gateway 2`. A process of a simulation has one number for everything (`Identities`).
 */
export class Names {
  readonly #byIdentity = new Map<number, string>()
  #replicas = 0
  #gateways = 0

  replica(identity: MemberId | number): void {
    this.#byIdentity.set(identity, `r${++this.#replicas}`)
  }

  gateway(identity: Locator | number): void {
    this.#byIdentity.set(identity, ++this.#gateways === 1 ? 'gateway' : `gateway ${this.#gateways}`)
  }

  console(identity: Locator): void {
    this.#byIdentity.set(identity, 'console')
  }

  knows(identity: number): boolean {
    return this.#byIdentity.has(identity)
  }

  of(identity: number): string {
    return this.#byIdentity.get(identity) ?? `process ${identity}`
  }

  /** The identity of a process that has started, dead or alive. */
  identityOf(name: string): number {
    for (const [identity, known] of this.#byIdentity) if (known === name) return identity
    throw new Error(`nobody is called ${name}`)
  }
}
