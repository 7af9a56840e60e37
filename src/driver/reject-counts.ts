/** Datagrams that were not accepted, by reason. */
export class RejectCounts<Reason extends string> {
  readonly #counts = new Map<Reason, number>()

  count(reason: Reason): void {
    this.#counts.set(reason, this.of(reason) + 1)
  }

  of(reason: Reason): number {
    return this.#counts.get(reason) ?? 0
  }

  get total(): number {
    let total = 0
    for (const count of this.#counts.values()) total += count
    return total
  }
}
