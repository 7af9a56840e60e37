const { compareExchange, exchange, notify, wait } = Atomics

/** Looks before a thread goes to sleep: whoever holds the lock holds it for less than a microsecond. */
const SPINS = 60

/** As LLFT itself uses `Atomics`, whatever the program's is. */
export function lock(cells: Int32Array, cell: number): void {
  if (compareExchange(cells, cell, 0, 1) === 0) return
  for (let spin = 0; spin < SPINS; spin++) if (compareExchange(cells, cell, 0, 1) === 0) return
  while (exchange(cells, cell, 2) !== 0) wait(cells, cell, 2)
}

export function unlock(cells: Int32Array, cell: number): void {
  if (exchange(cells, cell, 0) === 2) notify(cells, cell, 1)
}
