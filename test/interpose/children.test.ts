import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runGuest } from './conductor/run-guest.js'

const guest = new URL('conductor/guests/children.cjs', import.meta.url).pathname

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'llft-children-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Several children run at the same time: which says something first is chance. */
const sorted = (text: string): readonly string[] => text.split('\n').toSorted()

test('child processes do what they do on plain Node; a backup starts none', async () => {
  const plain = execFileSync(process.execPath, [guest, folder()], { encoding: 'utf8' })
  const place = folder()
  const live = await runGuest('children.cjs', { host: true, args: [place] })
  expect(live.errors).toBe('')
  expect(sorted(live.output)).toEqual(sorted(plain))
  rmSync(place, { recursive: true })
  const replayed = await runGuest('children.cjs', { follow: live, args: [place] })
  expect(replayed.errors).toBe('')
  expect(replayed.output).toBe(live.output)
  expect(replayed.frames).toEqual(live.frames)
  expect(replayed.digests).toEqual(live.digests)
})
