import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Run, runGuest } from './conductor/run-guest.js'

/** Dozens of guests, one after the other, on a machine that does other things too. */
const MANY_GUESTS_MS = 240_000

const guest = (name: string): string => new URL(`conductor/guests/${name}`, import.meta.url).pathname

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'llft-files-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function expectSame(replayed: Run, live: Run): void {
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.frames).toEqual(live.frames)
  expect(replayed.digests).toEqual(live.digests)
}

test('fs does what it does on plain Node; a backup needs none of the files, and changes none', async () => {
  const plain = execFileSync(process.execPath, [guest('files.cjs'), folder()], { encoding: 'utf8' })
  const place = folder()
  const live = await runGuest('files.cjs', { host: true, args: [place] })
  expect(live.errors).toBe('')
  expect(live.output).toBe(plain)
  rmSync(place, { recursive: true })
  expectSame(await runGuest('files.cjs', { follow: live, args: [place] }), live)
})

test(
  'whoever takes over in the middle of reading goes on, and a third replica follows both',
  async () => {
    const live = await runGuest('reading.cjs')
    const last = live.entries.length
    for (let cut = 1; cut < last; cut += Math.ceil(last / 10)) {
      const successor = await runGuest('reading.cjs', { follow: live, cut })
      expect(successor.errors).toBe('')
      expect(successor.promoted).toBe(cut)
      // What is timed may come in another order after the cut.
      expect(successor.output.split('\n').toSorted()).toEqual(live.output.split('\n').toSorted())
      expectSame(await runGuest('reading.cjs', { follow: successor }), successor)
    }
  },
  MANY_GUESTS_MS,
)

/** A program of its own in a folder of its own, all of it older than the group. */
function program(files: Readonly<Record<string, string>>): string {
  const place = folder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
  return join(place, 'main.cjs')
}

/** Files written within one second are told apart from the founding by their whole seconds only. */
const OLDER_MS = 1100

const large = 'x'.repeat(2 << 20)

test('a replica that is started later reads what the program has read then, if it was not much', async () => {
  const main = program({
    'main.cjs': `console.log(require('fs').readFileSync(__dirname + '/data').toString())`,
    'data': 'old',
  })
  await sleep(OLDER_MS)
  const live = await runGuest(main)
  expect(live.output).toBe('old\n')
  writeFileSync(join(main, '../data'), 'new')
  expectSame(await runGuest(main, { follow: live }), live)
})

test.each([
  { what: 'code', files: { 'main.cjs': `console.log(require('./part.cjs'))`, 'part.cjs': 'module.exports = 1' } },
  {
    what: 'a large file',
    files: {
      'main.cjs': `console.log(require('fs').readFileSync(__dirname + '/part.cjs', 'utf8').length)`,
      'part.cjs': large,
    },
  },
])('$what that was changed meanwhile stops the replica that finds it so, by name', async ({ files }) => {
  const main = program(files)
  await sleep(OLDER_MS)
  const live = await runGuest(main)
  expect(live.code).toBe(0)
  expect(live.entries.reduce((sum, entry) => sum + entry.length, 0)).toBeLessThan(200)
  expectSame(await runGuest(main, { follow: live }), live)
  const changed = join(main, '../part.cjs')
  writeFileSync(changed, `module.exports = 2 // ${large.slice(20)}`)
  const replayed = await runGuest(main, { follow: live })
  expect(replayed.errors).toContain(`${changed} is not what the primary has read`)
})

test('what cannot be read twice is refused', async () => {
  const main = program({
    'main.cjs': `const fs = require('fs')
      try { fs.openSync(process.argv[2]) } catch (error) { console.log(error.code) }
      try { fs.openSync(process.argv[2], 'w') } catch (error) { console.log(error.code) }
      fs.open(process.argv[2], (error) => console.log(error.code))`,
  })
  const pipe = join(main, '../pipe')
  execFileSync('mkfifo', [pipe])
  const live = await runGuest(main, { args: [pipe], host: true })
  expect(live.output).toBe('LLFT_E_REFUSED_PIPE\n'.repeat(3))
  expectSame(await runGuest(main, { args: [pipe], follow: live }), live)
})
