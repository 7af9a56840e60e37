import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { BenchCommand } from '../bench/bench-command.js'

/** Runs of the suite, each for as little time as it can be told. */
const SHORT = ['--rounds', '2', '--stretch', '60', '--json']

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

function start(...args: readonly string[]): BenchCommand {
  const command = new BenchCommand(...args)
  closing.push(() => command.close())
  return command
}

describe('llft bench', () => {
  test.each(['tcp', 'http', 'websocket'])(
    'latency over %s: every system at every number of connections',
    async (protocol) => {
      const systems = ['--systems', 'plain,llft-2', '--connections', '1,5', '--seed', '77']
      const command = start('latency', ...systems, '--protocol', protocol, ...SHORT)
      const { measured, machine, seed, ratios, systems: facts } = await command.results()
      expect(measured.map(({ system, connections }) => `${system} ${connections}`).toSorted()).toEqual([
        'llft-2 1',
        'llft-2 5',
        'plain 1',
        'plain 5',
      ])
      for (const { verdict, stretches, latency, cpuUs, memoryBytes, skippedCounts } of measured) {
        expect(verdict).toMatchObject({ lost: 0, repeated: 0, reordered: 0, corrupted: 0, forgotten: 0, dropped: 0 })
        expect([stretches.length, skippedCounts]).toEqual([2, 0])
        expect(Math.min(latency.count, latency.p50Us, cpuUs, memoryBytes)).toBeGreaterThan(0)
      }
      const roles = measured.find(({ system }) => system === 'llft-2')?.cpuUsByRole ?? {}
      expect(Object.keys(roles).toSorted()).toEqual(['backups', 'gateway', 'primary', 'supervisor'])
      expect([machine.node, seed, facts.map(({ name }) => name)]).toEqual([process.version, 77, ['plain', 'llft-2']])
      const compared = ratios.filter(({ baseline, figure }) => baseline === 'plain' && figure === 'p50Us')
      expect(compared.map(({ connections }) => connections)).toEqual([1, 5])
      await command.isGone()
    },
  )

  test('an objective decides on the exit code, and the figures are told in any case', async () => {
    const plain = ['latency', '--systems', 'plain', '--connections', '1', ...SHORT]
    const held = await start(...plain, '--assert', 'p50@plain<100s', '--assert', 'lost@plain<=0').end()
    expect(held).toMatchObject({ code: 0 })
    const missed = await start(...plain, '--assert', 'p50@plain<100s', '--assert', 'p50@plain<0.001us').end()
    expect(missed.code).toBe(8)
    expect(missed.stderr).toMatch(
      /LLFT_E_BENCH_MISSED {2}The objective p50@plain<0\.001us was missed: \d+(?:\.\d+)? m?s/,
    )
    expect(JSON.parse(missed.stdout)).toMatchObject({ bench: 'latency' })
    const absent = await start(...plain, '--assert', 'p50<100s').end()
    expect([absent.code, absent.stderr]).toEqual([8, expect.stringContaining('not measured') as string])
  })

  test('an open loop has a rate, and says by how much the generator was late', async () => {
    const command = start('latency', '--systems', 'plain', '--connections', '2', '--rate', '400', ...SHORT)
    const [measured] = (await command.results()).measured
    expect(measured).toMatchObject({ ratePerSecond: 400, verdict: { lost: 0 } })
    expect(measured?.latenessP99Us).toBeGreaterThan(0)
  })

  test('throughput: what held, and what did not', async () => {
    const command = start('throughput', '--systems', 'plain', '--connections', '4', ...SHORT)
    const [capacity] = (await command.results()).capacities
    expect(capacity).toMatchObject({ system: 'plain', objectiveMs: 10 })
    expect(capacity?.points.length).toBeGreaterThan(3)
    const held = capacity?.points.filter(({ held }) => held).map(({ ratePerSecond }) => ratePerSecond) ?? []
    expect(capacity?.perSecond).toBe(Math.max(0, ...held))
  })

  test('failover: LLFT masks the kill, plain Node does not', async () => {
    const what = ['--systems', 'plain,llft', '--faults', 'kill,stop', '--rounds', '1', '--rate', '300']
    const command = start('failover', ...what, '--json')
    const { faults } = await command.results()
    expect(faults.map(({ system, fault }) => `${system} ${fault}`)).toEqual([
      'plain kill',
      'llft kill',
      'plain stop',
      'llft stop',
    ])
    for (const { system, fault, verdict, phases, timeline, gapMs, recovered } of faults) {
      expect([timeline?.length, recovered]).toEqual([4, true])
      expect(gapMs).toBeGreaterThan(fault === 'stop' ? 400 : 0)
      if (system === 'plain') continue
      expect(verdict).toMatchObject({ lost: 0, repeated: 0, reordered: 0, corrupted: 0, forgotten: 0, dropped: 0 })
      expect(phases === null).toBe(fault === 'stop')
    }
    expect(faults[0]?.verdict).toMatchObject({ dropped: 4 })
    expect(faults[0]?.verdict.forgotten).toBeGreaterThan(0)
    await command.isGone()
  })

  test('scale: figures along a sweep, with their growth', async () => {
    const command = start('scale', '--systems', 'plain,llft-2', '--sweep', 'calls', ...SHORT)
    const { measured, growth } = await command.results()
    expect(measured.map(({ at }) => at)).toEqual([0, 0, 1, 1, 4, 4, 16, 16, 64, 64])
    expect(growth.map(({ system }) => system)).toContain('llft-2')
    for (const { law, r2 } of growth) expect([law, r2 >= 0 && r2 <= 1.0001]).toEqual(['line', true])
  })
})

describe('whatever happens, nothing is left running', () => {
  const long = ['latency', '--systems', 'plain,llft-2', '--connections', '1', '--rounds', '1000']

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s', async (signal, code) => {
    const command = start(...long)
    await command.says(/round 1 of/)
    expect(command.leftOver().length).toBeGreaterThan(4)
    command.child.kill(signal)
    expect((await command.end()).code).toBe(code)
    await command.isGone()
  })

  test('SIGKILL of the suite itself', async ({ skip }) => {
    // Without a network of its own the kernel does not end what it started.
    skip(process.getuid?.() !== 0, 'needs root')
    const command = start(...long)
    await command.says(/round 1 of/)
    command.child.kill('SIGKILL')
    await command.isGone()
    expect(command.leftOver()).toEqual([])
  })

  test('the time limit', async () => {
    const command = start(...long, '--time-limit', '4')
    const { code, stderr } = await command.end()
    expect([code, stderr]).toEqual([7, expect.stringContaining('LLFT_E_BENCH_TIME') as string])
    await command.isGone()
  })
})

test('--html is one file with the raw results inside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.html')
  const what = ['--systems', 'plain', '--connections', '1', ...SHORT, '--html', file]
  const results = await start('latency', ...what).results()
  const html = readFileSync(file, 'utf8')
  const inside = /<script type="application\/json" id="results">(.*)<\/script>/.exec(html)?.[1] ?? ''
  expect(JSON.parse(inside)).toEqual(results)
})
