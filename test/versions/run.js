// Runs what depends on the version of Node under every tested version that is not the installed one:
// `node test/versions/run.js [22|24|26 ...] [-- files ...]`. Installs them beside this file.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

const FILES = [
  'test/interpose',
  'test/preload',
  ...['start-up', 'lifecycle', 'crash-point', 'files', 'children', 'input', 'guests'].map(
    (name) => `test/e2e/${name}.test.ts`,
  ),
]

const words = process.argv.slice(2)
const dashes = words.includes('--') ? words.indexOf('--') : words.length
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const asked = words.slice(0, dashes).map((major) => `node${major}`)
const names = Object.keys(dependencies).filter((name) => asked.length === 0 || asked.includes(name))
const files = words.slice(dashes + 1)

function run(command, args, options) {
  return spawnSync(command, args, { stdio: 'inherit', ...options }).status === 0
}

const programs = names.map((name) => `${here}node_modules/${name}/bin/node`)
const installed = programs.every(existsSync) || run('npm', ['ci', '--ignore-scripts'], { cwd: here })
// The first `node` in PATH is what a started program finds.
const failed = programs.filter((program) => {
  console.log(`\n== ${program}`)
  const env = { ...process.env, PATH: [dirname(program), process.env.PATH].join(delimiter) }
  return !run(program, [vitest, 'run', ...(files.length > 0 ? files : FILES)], { cwd: root, env })
})
console.log(`\n${programs.length - failed.length} versions passed, ${failed.length} failed`)
process.exitCode = installed && programs.length > 0 && failed.length === 0 ? 0 : 1
