import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000

const COMPLETIONS = 35

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.digests).toEqual(live.digests)
}

function expectAll({ output, code }: Run): void {
  expect(code).toBe(0)
  expect(output.match(new RegExp(`^\\d ${COMPLETIONS} in the context of all `, 'gm'))).toHaveLength(6)
  expect(output).toContain('done\n')
}

describe('what completes on other threads, in V8 and in the module loader', () => {
  test('completes in the same order with other thread pools and compilers, each in its own context', async () => {
    const live = await runGuest('completions.mjs')
    expectAll(live)
    expectSame(await runGuest('completions.mjs', { follow: live, env: { UV_THREADPOOL_SIZE: '1' } }), live)
    const flags = ['--no-opt', '--hash-seed=3', '--max-semi-space-size=1']
    expectSame(await runGuest('completions.mjs', { follow: live, env: { UV_THREADPOOL_SIZE: '16' }, flags }), live)
    const narrow = await runGuest('completions.mjs', { env: { UV_THREADPOOL_SIZE: '1' } })
    expectAll(narrow)
    expectSame(await runGuest('completions.mjs', { follow: narrow }), narrow)
  })

  test(
    'goes on under whoever takes over, wherever the history ends',
    async () => {
      const live = await runGuest('completions.mjs')
      const last = live.entries.length
      for (let cut = 1; cut < last; cut += Math.ceil(last / 10)) {
        const successor = await runGuest('completions.mjs', { follow: live, cut })
        expect(successor.errors).toBe('')
        expect(successor.promoted).toBe(cut)
        expectAll(successor)
        expectSame(await runGuest('completions.mjs', { follow: successor }), successor)
      }
    },
    MANY_GUESTS_MS,
  )
})

test('AsyncLocalStorage holds in every callback what it holds on plain Node', async () => {
  const place = mkdtempSync(join(tmpdir(), 'llft-places-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  const guest = new URL('conductor/guests/places.cjs', import.meta.url).pathname
  const plain = execFileSync(process.execPath, [guest, place], { encoding: 'utf8' })
  rmSync(join(place, 'made'), { recursive: true })
  const live = await runGuest('places.cjs', { host: true, args: [place] })
  expect(live.errors).toBe('')
  expect(live.output).toBe(plain)
  expectSame(await runGuest('places.cjs', { follow: live, args: [place] }), live)
})
