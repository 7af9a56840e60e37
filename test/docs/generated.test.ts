import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the generated pages say what the code says (npm run docs writes them)', () => {
  const generate = join(import.meta.dirname, '../../docs/generate.js')
  const { status, stderr } = spawnSync(process.execPath, [generate, '--check'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
