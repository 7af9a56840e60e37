import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { resolveCommand } from '../../src/supervisor/command.js'

describe('resolveCommand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
  const [plain, runnable, nested] = ['plain', 'runnable', 'nested'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(plain, '')
  writeFileSync(runnable, '#!/bin/sh\n')
  chmodSync(plain, 0o644)
  chmodSync(runnable, 0o755)
  mkdirSync(nested)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('by path and by PATH', () => {
    expect(resolveCommand(runnable, '')).toEqual({ found: 'executable', path: runnable })
    expect(resolveCommand('runnable', `/nowhere:${folder}`)).toEqual({ found: 'executable', path: runnable })
  })

  test('not executable: a file without the bit, a folder', () => {
    expect(resolveCommand(plain, '')).toEqual({ found: 'not-executable', path: plain })
    expect(resolveCommand(nested, '')).toEqual({ found: 'not-executable', path: nested })
    expect(resolveCommand('plain', folder)).toEqual({ found: 'not-executable', path: plain })
  })

  test('nothing', () => {
    expect(resolveCommand('no-such-command', folder)).toEqual({ found: 'nothing' })
    expect(resolveCommand(`${plain}/below`, folder)).toEqual({ found: 'nothing' })
  })
})
