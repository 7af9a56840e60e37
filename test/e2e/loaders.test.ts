import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort, Scene } from './command-run.js'

const scenes: Scene[] = []
function scene(files: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}): Scene {
  const made = new Scene(files, environment)
  scenes.push(made)
  return made
}
afterEach(async () => {
  for (const made of scenes.splice(0)) await made.close()
})

const TSX = createRequire(import.meta.url).resolve('tsx/cjs')
const SERVE = `createServer((request, response) => response.end(String(++count.n))).listen(Number(process.argv[2]),
  () => console.log('up'))`
const TYPED = `import { createServer } from 'node:http'
import { start, type Count } from './count'
const count: Count = { n: start }
${SERVE}`
const COUNT = 'export interface Count { n: number }\nexport const start: number = 40\n'

const ask = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text()

/** Counts over a kill of the primary. */
async function expectToCount(made: Scene, port: number, command: readonly string[]): Promise<void> {
  const run = made.run('--', ...command, String(port))
  await run.printed(/^up$/m)
  expect(await ask(port)).toBe('41')
  await made.llft('kill', 'primary')
  expect(await ask(port)).toBe('42')
  const { replicas } = await made.statusWhen((status) => status.failoverCount === 1 && status.replicas.length === 3)
  expect(replicas).toHaveLength(3)
  expect(run.stderr).not.toContain('DIVERGED')
}

describe('ways to load a program', () => {
  test('TypeScript through tsx', async () => {
    // It compiles in a child process then, which runs once.
    const made = scene({ 'server.ts': TYPED, 'count.ts': COUNT }, { ESBUILD_WORKER_THREADS: '0' })
    await expectToCount(made, await freePort(), ['node', '--require', TSX, 'server.ts'])
  })

  test('ES modules with await at the top, import() and import.meta', async () => {
    const made = scene({
      'server.mjs': `const { createServer } = await import('node:http')
const { start } = await import(new URL('count.mjs', import.meta.url))
const count = { n: start }
${SERVE}`,
      'count.mjs': 'export const start = await Promise.resolve(40)',
    })
    await expectToCount(made, await freePort(), ['node', 'server.mjs'])
  })

  test('a bundle', async () => {
    const made = scene({ 'server.ts': TYPED, 'count.ts': COUNT })
    const outfile = join(made.folder, 'bundle.cjs')
    const entryPoints = [join(made.folder, 'server.ts')]
    await build({ entryPoints, outfile, bundle: true, minify: true, platform: 'node', sourcemap: true })
    await expectToCount(made, await freePort(), ['node', '--enable-source-maps', 'bundle.cjs'])
  })

  test('npm start, which goes on with its arguments', async () => {
    const made = scene({
      'package.json': '{"name":"app","private":true,"scripts":{"start":"node --require ./start.cjs server.cjs"}}',
      'start.cjs': 'globalThis.count = { n: 40 }',
      'server.cjs': `const { createServer } = require('node:http')\n${SERVE}`,
    })
    await expectToCount(made, await freePort(), ['npm', 'start', '--silent', '--'])
  })

  const flags = ['--watch', '--inspect=0', '--test']
  test.each(flags)('node %s is refused, with the flag and what to do', async (flag) => {
    const run = scene({ 'server.cjs': `console.log('ran')` }).run('--', 'node', flag, 'server.cjs')
    expect(await run.code()).toBe(3)
    expect(run.stderr).toContain(`LLFT_E_GUEST_NODE_FLAG  Node cannot be started with ${flag} here.`)
    expect(run.stdout).toBe('')
  })
})
