import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { TakeoverPhases } from '../../../src/admin/index.js'
import { WITHOUT_NAMESPACES } from '../../namespaces/lan.js'

const SCRIPT = fileURLToPath(new URL('../../../bench/takeover.js', import.meta.url))

interface Trial {
  readonly gapMs: number
  readonly quietGapMs: number
  readonly phases: TakeoverPhases
}

test('bench/takeover.js measures a kill, a planned switch and the loss of a host, and judges every answer', () => {
  const hosts = WITHOUT_NAMESPACES === '' ? 1 : 0
  const args = [SCRIPT, '--json', '--kills', '1', '--switches', '1', '--hosts', `${hosts}`]
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const { trials } = JSON.parse(printed) as { trials: Record<'kill' | 'switch' | 'host', readonly Trial[]> }
  expect([trials.kill.length, trials.switch.length, trials.host.length]).toEqual([1, 1, hosts])
  for (const { gapMs, quietGapMs, phases } of Object.values(trials).flat()) {
    expect(gapMs).toBeGreaterThan(0)
    expect(quietGapMs).toBeGreaterThan(0)
    expect(phases.proposalMs).toBeGreaterThanOrEqual(0)
  }
})
