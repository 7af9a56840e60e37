import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Reaper } from '../../src/supervisor/reaper.js'
import { isAlive, until } from './support.js'

const STAND_IN = fileURLToPath(new URL('fixtures/supervisor-stand-in.mjs', import.meta.url))

describe('Reaper', () => {
  test('nothing is left after SIGKILL of the supervisor: no process, no folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
    writeFileSync(join(folder, 'file'), '')
    const standIn = spawn(process.execPath, [STAND_IN, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(standIn.stdout, 'data')) as [Buffer]
    const pids = JSON.parse(line.toString()) as number[]
    expect(pids).toHaveLength(5)
    expect(pids.every(isAlive)).toBe(true)
    standIn.kill('SIGKILL')
    await until(() => !pids.some(isAlive))
    await until(() => !existsSync(folder))
  })

  test('a group that was taken back is left alone', async () => {
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
    const other = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
    const reaper = new Reaper([])
    reaper.watch(child.pid as number)
    reaper.watch(other.pid as number)
    reaper.forget(child.pid as number)
    await reaper.close()
    await until(() => other.signalCode === 'SIGKILL')
    expect(isAlive(child.pid as number)).toBe(true)
    child.kill('SIGKILL')
  })
})
