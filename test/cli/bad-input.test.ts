import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Shell } from './llft.js'

const shell = new Shell()
afterAll(() => shell.close())

interface Complaint {
  readonly exit: number | null
  readonly code: string | undefined
  readonly why: string | undefined
  readonly fix: string | undefined
  readonly stdout: string
  readonly stderr: string
}

/** What `llft` complains about on stderr. */
async function complaint(...args: readonly string[]): Promise<Complaint> {
  const { code: exit, stdout, stderr } = await shell.run(...args)
  const [code, why, fix] = [/^✖ (\w+) {2}\S/m, /^ {2}Why {2}(\S.*)/m, /^ {2}Fix {2}(\S.*)/m].map(
    (line) => line.exec(stderr)?.[1],
  )
  return { exit, code, why, fix, stdout, stderr }
}

/** Every complaint has a code, a cause and a fix, and leaves stdout to data. */
function like(exit: number, code: string, fix: RegExp): object {
  return {
    exit,
    code,
    why: expect.stringMatching(/./) as string,
    fix: expect.stringMatching(fix) as string,
    stdout: '',
  }
}

describe('bad input', () => {
  test('unknown flag', async () => {
    const told = await complaint('run', '--lisen', '127.0.0.1:1', '--', 'node', 'x.js')
    expect(told).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_FLAG', /try --listen/))
    expect(await complaint('--foo')).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_FLAG', /llft --help/))
  })

  test('unknown command', async () => {
    expect(await complaint('statsu')).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_COMMAND', /llft status/))
  })

  test('missing command', async () => {
    const expected = like(2, 'LLFT_E_USAGE_MISSING_COMMAND', /llft run -- node/)
    expect(await complaint('run')).toMatchObject(expected)
    expect(await complaint('run', '-r', '2', '--')).toMatchObject(expected)
  })

  test('a flag without its value, an argument too many, one too few', async () => {
    expect(await complaint('run', '--listen')).toMatchObject(like(2, 'LLFT_E_USAGE_MISSING_VALUE', /--listen <host/))
    expect(await complaint('status', 'x')).toMatchObject(like(2, 'LLFT_E_USAGE_EXTRA_ARGUMENT', /--help/))
    expect(await complaint('kill')).toMatchObject(like(2, 'LLFT_E_USAGE_MISSING_ARGUMENT', /llft kill primary/))
  })

  test.each(['0', '17', '-1', '1.5', 'three', ''])('%j replicas', async (count) => {
    const told = await complaint('run', '-r', count, '--', 'node', 'x.js')
    expect(told).toMatchObject(like(2, 'LLFT_E_USAGE_REPLICAS', /-r 3/))
  })

  test('llft check: a round, a refusal, a number and a load that are none', async () => {
    const of = (...flags: readonly string[]): Promise<Complaint> => complaint('check', ...flags, '--', 'node', 'x.js')
    expect(await complaint('check')).toMatchObject(like(2, 'LLFT_E_USAGE_MISSING_ARGUMENT', /check -- node server/))
    expect(await of('--rounds', 'plian')).toMatchObject(like(2, 'LLFT_E_USAGE_CHECK_ROUND', /--rounds plain/))
    const misspelt = like(2, 'LLFT_E_USAGE_CHECK_ALLOW', /LLFT_E_REFUSED_WORKER/)
    expect(await of('--allow', 'LLFT_E_REFUSED_WORKERS')).toMatchObject(misspelt)
    expect(await of('--seconds', '0')).toMatchObject(like(2, 'LLFT_E_USAGE_CHECK_NUMBER', /check --help/))
    expect(await of('--seed', '-1')).toMatchObject(like(2, 'LLFT_E_USAGE_CHECK_NUMBER', /check --help/))
    expect(await of('--load', 'no/such/file')).toMatchObject(like(2, 'LLFT_E_USAGE_CHECK_LOAD', /none/))
    expect(await of('--round', 'plain')).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_FLAG', /try --rounds/))
  })

  test('an address that is none', async () => {
    const told = await complaint('run', '--admin', '7700', '--', 'node', 'x.js')
    expect(told).toMatchObject(like(2, 'LLFT_E_USAGE_ADDRESS', /127\.0\.0\.1:7700/))
  })

  test('command not found', async () => {
    const expected = like(127, 'LLFT_E_GUEST_NOT_FOUND', /spelling/)
    expect(await complaint('run', '--', 'no-such-command', '--flag')).toMatchObject(expected)
    expect(await complaint('run', './no/such/file')).toMatchObject(expected)
  })

  test('command not executable', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
    const file = join(folder, 'server.js')
    writeFileSync(file, '', { mode: 0o644 })
    const expected = like(126, 'LLFT_E_GUEST_NOT_EXECUTABLE', /llft run -- node /)
    expect(await complaint('run', '--', file)).toMatchObject(expected)
    expect(await complaint('run', '--', folder)).toMatchObject(expected)
    rmSync(folder, { recursive: true })
  })

  test('admin address taken, when it was asked for', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const told = await complaint('run', '--admin', `127.0.0.1:${port}`, '--', 'node', 'x.js')
    expect(told).toMatchObject(like(3, 'LLFT_E_ADMIN_PORT_TAKEN', /next free port/))
    other.close()
  })

  test('a command that ends before a program runs: its own code and words', async () => {
    const told = await complaint('run', '--', 'sh', '-c', 'echo oops >&2; exit 3')
    expect(told).toMatchObject(like(3, 'LLFT_E_GUEST_EXITED_AT_START', /sh -c/))
    expect(told.stderr).toMatch(/^ {2}r\d \| oops$/m)
  })

  test('a command that never starts Node', async () => {
    const expected = like(7, 'LLFT_E_GUEST_NOT_REACHED', /llft run -- node/)
    expect(await complaint('run', '--', 'true')).toMatchObject(expected)
    expect(await complaint('run', '--guest-start-ms', '300', '--', 'sleep', '1000')).toMatchObject(expected)
  })

  test('no group runs', async () => {
    const nobody = like(5, 'LLFT_E_ADMIN_NOT_RUNNING', /llft run/)
    expect(await complaint('status')).toMatchObject(nobody)
    expect(await complaint('kill', 'primary')).toMatchObject(nobody)
    const told = await complaint('status', '--admin', '127.0.0.1:1')
    expect(told).toMatchObject(like(5, 'LLFT_E_ADMIN_UNREACHABLE', /--admin/))
  })
})

describe('bad input to llft bench', () => {
  const bench = (...args: readonly string[]): Promise<Complaint> => complaint('bench', 'latency', ...args)

  test('unknown bench, and none', async () => {
    const told = await complaint('bench', 'latncy')
    expect(told).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_COMMAND', /llft bench latency/))
    const { code, stdout, stderr } = await shell.run('bench')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: llft bench')
  })

  test('unknown flags, also those of another bench', async () => {
    expect(await bench('--conections', '1')).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_FLAG', /try --connections/))
    expect(await bench('--faults', 'kill')).toMatchObject(like(2, 'LLFT_E_USAGE_UNKNOWN_FLAG', /try /))
    expect(await bench('--rate')).toMatchObject(like(2, 'LLFT_E_USAGE_MISSING_VALUE', /--rate/))
    expect(await bench('plain')).toMatchObject(like(2, 'LLFT_E_USAGE_EXTRA_ARGUMENT', /llft bench latency --help/))
  })

  test.each([
    ['--connections', '0'],
    ['--connections', '1,,2'],
    ['--connections', '20001'],
    ['--size', '15'],
    ['--size', '1e3'],
    ['--rate', '-1'],
    ['--rounds', '0'],
    ['--stretch', '1'],
    ['--time-limit', ''],
  ])('%s %j', async (flag, value) => {
    const told = await bench(flag, value)
    expect(told).toMatchObject(like(2, 'LLFT_E_USAGE_BENCH_NUMBER', /leave it out/))
    expect(told.stderr).toContain(flag)
  })

  test.each([
    ['--systems', 'plain,redsi', '--systems redis'],
    ['--systems', '', '--systems plain'],
    ['--protocol', 'htpp', '--protocol http'],
  ])('%s %j', async (flag, value, fix) => {
    expect(await bench(flag, value)).toMatchObject(like(2, 'LLFT_E_USAGE_BENCH_NAME', new RegExp(`^${fix}$`)))
  })

  test('faults and sweeps that do not exist', async () => {
    const fault = await complaint('bench', 'failover', '--faults', 'kil')
    expect(fault).toMatchObject(like(2, 'LLFT_E_USAGE_BENCH_NAME', /^--faults kill$/))
    const sweep = await complaint('bench', 'scale', '--sweep', 'sizes')
    expect(sweep).toMatchObject(like(2, 'LLFT_E_USAGE_BENCH_NAME', /^--sweep size$/))
  })

  test('an objective that is none', async () => {
    expect(await bench('--assert', 'p98<5ms')).toMatchObject(like(2, 'LLFT_E_USAGE_BENCH_ASSERT', /p99<50ms/))
  })

  test('a report that cannot be written, before anything is measured', async () => {
    const told = await bench('--html', '/no/such/folder/report.html', '--systems', 'plain')
    expect(told).toMatchObject(like(3, 'LLFT_E_BENCH_FILE', /folder that exists/))
  })
})

describe('help and version', () => {
  test('on stdout, exit 0', async () => {
    const help = await shell.run('--help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['run', 'status', 'kill', 'bench'])
      expect(help.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
    const run = await shell.run('run', '--help')
    expect(run.stdout).toContain('llft run [options] [--] <command> [args...]')
    expect((await shell.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('without a command: the help on stderr, exit 2', async () => {
    const { code, stdout, stderr } = await shell.run()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: llft')
  })
})
