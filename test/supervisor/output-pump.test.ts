import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { OutputPump } from '../../src/supervisor/output-pump.js'

describe('OutputPump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  function pipe(name: string): { path: string; fd: number } {
    const path = join(folder, name)
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path])
    // Read and write: neither side waits for the other to open it.
    return { path, fd: openSync(path, constants.O_RDWR) }
  }

  test('writes in order and says when everything is written', async () => {
    const path = join(folder, 'file')
    const fd = openSync(path, 'w')
    const pump = new OutputPump(fd)
    const lines = Array.from({ length: 2000 }, (_, number) => `line ${number}\n`)
    for (const line of lines) pump.write(Buffer.from(line))
    await pump.drained()
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''))
    closeSync(fd)
  })

  test('does not block on a pipe that nobody reads, and loses nothing when somebody does', async () => {
    const { path, fd } = pipe('slow')
    const pump = new OutputPump(fd)
    const size = 5 << 20
    const before = performance.now()
    pump.write(Buffer.alloc(size, 'x'))
    expect(performance.now() - before).toBeLessThan(1000)
    const reader = spawn('head', ['-c', String(size), path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let read = 0
    reader.stdout.on('data', (bytes: Uint8Array) => (read += bytes.length))
    await once(reader, 'close')
    await pump.drained()
    expect(read).toBe(size)
    closeSync(fd)
  })

  test('says how much nobody has read', async () => {
    const { path, fd } = pipe('full')
    const pump = new OutputPump(fd)
    const queued: number[] = []
    pump.watch(() => queued.push(pump.queuedBytes))
    for (let count = 0; count < 3; count++) pump.write(Buffer.alloc(1 << 20, 'x'))
    expect(queued).toEqual([1 << 20, 2 << 20, 3 << 20])
    const reader = spawn('head', ['-c', String(3 << 20), path], { stdio: 'ignore' })
    const closed = once(reader, 'close')
    await pump.drained()
    await closed
    expect(queued.at(-1)).toBe(0)
    closeSync(fd)
  })

  test('a reader that has gone is not missed', async () => {
    const { path, fd } = pipe('gone')
    const writer = openSync(path, 'w')
    closeSync(fd)
    const pump = new OutputPump(writer)
    pump.write(Buffer.from('words'))
    await pump.drained()
    pump.write(Buffer.from('more'))
    await pump.drained()
    expect(() => writeSync(writer, 'x')).toThrow('EPIPE')
    closeSync(writer)
  })
})
