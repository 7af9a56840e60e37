import { expect, test } from 'vitest'
import { FIELD } from '../../../src/bench/index.js'
import { BenchCommand } from '../../bench/bench-command.js'

/** Tuned settings are the same systems with other numbers, and most others take long to survive a fault. */
const BRIEFLY = process.env['LLFT_TEST_FIELD'] === 'briefly'

/** Each system that the suite can start; a missing package is said in the title. */
for (const kind of FIELD) {
  if (BRIEFLY && kind.name.endsWith('-tuned')) continue
  const absent = kind.absent()
  const skipped = absent === undefined ? '' : ` (skipped: ${absent})`
  const title = `${kind.name} starts, answers${BRIEFLY ? '' : ', outlives what it can'}, and ends${skipped}`
  test.skipIf(absent !== undefined).concurrent(title, async () => {
    const latency = new BenchCommand('latency', '--systems', kind.name, '--connections', '1,16', '--quick', '--json')
    const { measured, skipped } = await latency.results()
    expect(skipped).toEqual([])
    expect(measured.map(({ verdict }) => verdict.answered > 0)).toEqual([true, true])
    await latency.isGone()
    if (kind.noFailover !== undefined || (BRIEFLY && !kind.name.startsWith('llft'))) return
    const failover = new BenchCommand('failover', '--systems', kind.name, '--faults', 'kill', '--quick', '--json')
    const { faults } = await failover.results()
    expect(faults.length).toBeGreaterThan(0)
    await failover.isGone()
  })
}
