import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { SourcePlaces } from '../../src/check/source-place.js'

const SOURCE = `interface Answer {
  readonly text: string
}

export function answer(): Answer {
  return { text: missing() }
}
`

test.each(['linked', 'inline'] as const)(
  'a place in what a compiler made is shown in its source (%s)',
  async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'answer.ts'), SOURCE)
    const outfile = join(folder, 'answer.mjs')
    await build({
      entryPoints: [join(folder, 'answer.ts')],
      outfile,
      sourcemap: kind,
      format: 'esm',
      logLevel: 'error',
    })
    const { text } = new SourcePlaces(folder)
    expect(text({ file: outfile, line: 2, column: 18 })).toBe('answer.ts:6')
  },
)

test('a place without a map, or with one that is none, is left as it is; what is elsewhere is shown whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'plain.js'), 'one()\n')
  writeFileSync(join(folder, 'broken.js'), 'one()\n//# sourceMappingURL=broken.js.map\n')
  writeFileSync(join(folder, 'broken.js.map'), '{')
  const { text } = new SourcePlaces(folder)
  expect(text({ file: join(folder, 'plain.js'), line: 1, column: 1 })).toBe('plain.js:1')
  expect(text({ file: join(folder, 'broken.js'), line: 1, column: 1 })).toBe('broken.js:1')
  expect(text({ file: '/elsewhere/lib.js', line: 3, column: 1 })).toBe('/elsewhere/lib.js:3')
})
