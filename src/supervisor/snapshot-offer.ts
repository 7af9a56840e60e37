/** Whether a generation's program has offered snapshots (ADR 55). */
export class SnapshotOffer {
  readonly made: Promise<void>
  #make: () => void = () => {}
  #isMade = false

  constructor() {
    this.made = new Promise((resolve) => (this.#make = resolve))
  }

  get isMade(): boolean {
    return this.#isMade
  }

  make(): void {
    this.#isMade = true
    this.#make()
  }
}
