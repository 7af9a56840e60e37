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

/** Every complaint has a code, a cause and a fix on stderr, and leaves stdout to data. */
async function complaint(args: readonly string[], expected: { exit: number; code: string; fix: RegExp }): Promise<string> {
  const { code, stdout, stderr } = await shell.run(...args)
  expect(stderr).toContain(`✖ ${expected.code}  `)
  expect(stderr).toMatch(/^ {2}Why {2}\S/m)
  expect(stderr).toMatch(/^ {2}Fix {2}\S/m)
  expect(stderr).toMatch(expected.fix)
  expect(stdout).toBe('')
  expect(code).toBe(expected.exit)
  return stderr
}

describe('bad input', () => {
  test('unknown flag', async () => {
    await complaint(['run', '--lisen', '127.0.0.1:1', '--', 'node', 'x.js'], {
      exit: 2,
      code: 'LLFT_E_USAGE_UNKNOWN_FLAG',
      fix: /try --listen/,
    })
    await complaint(['--foo'], { exit: 2, code: 'LLFT_E_USAGE_UNKNOWN_FLAG', fix: /llft --help/ })
  })

  test('unknown command', async () => {
    await complaint(['statsu'], { exit: 2, code: 'LLFT_E_USAGE_UNKNOWN_COMMAND', fix: /llft status/ })
  })

  test('missing command', async () => {
    const expected = { exit: 2, code: 'LLFT_E_USAGE_MISSING_COMMAND', fix: /llft run -- node/ }
    await complaint(['run'], expected)
    await complaint(['run', '-r', '2', '--'], expected)
  })

  test('a flag without its value, an argument too many, one too few', async () => {
    await complaint(['run', '--listen'], { exit: 2, code: 'LLFT_E_USAGE_MISSING_VALUE', fix: /--listen <host/ })
    await complaint(['status', 'x'], { exit: 2, code: 'LLFT_E_USAGE_EXTRA_ARGUMENT', fix: /--help/ })
    await complaint(['kill'], { exit: 2, code: 'LLFT_E_USAGE_MISSING_ARGUMENT', fix: /llft kill primary/ })
  })

  test.each(['0', '17', '-1', '1.5', 'three', ''])('%j replicas', async (count) => {
    await complaint(['run', '-r', count, '--', 'node', 'x.js'], {
      exit: 2,
      code: 'LLFT_E_USAGE_REPLICAS',
      fix: /-r 3/,
    })
  })

  test('an address that is none', async () => {
    await complaint(['run', '--admin', '7700', '--', 'node', 'x.js'], {
      exit: 2,
      code: 'LLFT_E_USAGE_ADDRESS',
      fix: /127\.0\.0\.1:7700/,
    })
  })

  test('command not found', async () => {
    const expected = { exit: 127, code: 'LLFT_E_GUEST_NOT_FOUND', fix: /spelling/ }
    await complaint(['run', '--', 'no-such-command', '--flag'], expected)
    await complaint(['run', '--', './no/such/file'], expected)
  })

  test('command not executable', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
    const file = join(folder, 'server.js')
    writeFileSync(file, '', { mode: 0o644 })
    await complaint(['run', '--', file], { exit: 126, code: 'LLFT_E_GUEST_NOT_EXECUTABLE', fix: /llft run -- node / })
    await complaint(['run', '--', folder], { exit: 126, code: 'LLFT_E_GUEST_NOT_EXECUTABLE', fix: /./ })
    rmSync(folder, { recursive: true })
  })

  test('admin address taken, when it was asked for', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await complaint(['run', '--admin', `127.0.0.1:${port}`, '--', 'node', 'x.js'], {
      exit: 3,
      code: 'LLFT_E_ADMIN_PORT_TAKEN',
      fix: /next free port/,
    })
    other.close()
  })

  test('a command that ends before a program runs: its own code and words', async () => {
    const stderr = await complaint(['run', '--', 'sh', '-c', 'echo oops >&2; exit 3'], {
      exit: 3,
      code: 'LLFT_E_GUEST_EXITED_AT_START',
      fix: /sh -c/,
    })
    expect(stderr).toMatch(/^ {2}r\d \| oops$/m)
  })

  test('a command that never starts Node', async () => {
    const expected = { exit: 7, code: 'LLFT_E_GUEST_NOT_REACHED', fix: /llft run -- node/ }
    await complaint(['run', '--', 'true'], expected)
    await complaint(['run', '--guest-start-ms', '300', '--', 'sleep', '1000'], expected)
  })

  test('no group runs', async () => {
    await complaint(['status'], { exit: 5, code: 'LLFT_E_ADMIN_NOT_RUNNING', fix: /llft run/ })
    await complaint(['kill', 'primary'], { exit: 5, code: 'LLFT_E_ADMIN_NOT_RUNNING', fix: /llft kill --admin/ })
    await complaint(['status', '--admin', '127.0.0.1:1'], { exit: 5, code: 'LLFT_E_ADMIN_UNREACHABLE', fix: /--admin/ })
  })
})

describe('help and version', () => {
  test('on stdout, exit 0', async () => {
    const help = await shell.run('--help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['run', 'status', 'kill']) expect(help.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
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
