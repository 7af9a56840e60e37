import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { findRuntimeFiles, removeRuntimeFile, runtimeFolder, writeRuntimeFile } from '../../src/admin/index.js'
import type { RuntimeFile } from '../../src/admin/index.js'

describe('runtime file', () => {
  const home = mkdtempSync(join(tmpdir(), 'llft-test-'))
  const folder = runtimeFolder({ XDG_RUNTIME_DIR: home })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  afterAll(() => rmSync(home, { recursive: true }))

  const file = (pid: number): RuntimeFile => ({
    group: 'app',
    pid,
    admin: { host: '127.0.0.1', port: 7700 },
    token: 'secret',
  })

  test('written for its user only, found again, removed', () => {
    const path = writeRuntimeFile(folder, file(process.pid))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(findRuntimeFiles(folder)).toEqual([file(process.pid)])
    removeRuntimeFile(path)
    expect(findRuntimeFiles(folder)).toEqual([])
  })

  test('files of dead processes are ignored and removed', () => {
    const dead = spawnSync('true').pid
    writeRuntimeFile(folder, file(dead))
    writeRuntimeFile(folder, file(process.pid))
    expect(findRuntimeFiles(folder)).toEqual([file(process.pid)])
    expect(readdirSync(folder)).toEqual([`${process.pid}.json`])
  })

  test('what is no runtime file is ignored', () => {
    writeRuntimeFile(folder, file(process.pid))
    writeFileSync(join(folder, 'broken.json'), '{')
    writeFileSync(join(folder, 'other.json'), '{"pid":1}')
    expect(findRuntimeFiles(folder)).toEqual([file(process.pid)])
    expect(existsSync(join(folder, 'broken.json'))).toBe(true)
  })

  test('no folder, no group', () => {
    expect(findRuntimeFiles(join(folder, 'nowhere'))).toEqual([])
  })

  test('without XDG_RUNTIME_DIR the folder has the user in its name', () => {
    expect(runtimeFolder({})).toBe(join(tmpdir(), `llft-user-${process.getuid?.()}`))
  })
})
