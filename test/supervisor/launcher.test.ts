import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { Launcher } from '../../src/supervisor/launcher.js'

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url))
const APP = `${FIXTURES}npm-app`

describe('Launcher', () => {
  const made: Launcher[] = []
  afterEach(() => made.splice(0).forEach(({ folder }) => rmSync(folder, { recursive: true })))

  function run(file: string, ...args: string[]): readonly string[] {
    const launcher = new Launcher({ node: process.execPath, preload: `${FIXTURES}test-preload.cjs`, randomSeed: 77 })
    made.push(launcher)
    const environment = launcher.environment(process.env, { address: '127.0.0.1:1', slot: 'r1', token: 't' })
    const output = execFileSync(launcher.command(file), args, { cwd: APP, env: environment, encoding: 'utf8' })
    return output.split('\n').filter((line) => /^(preload|server)/.test(line))
  }

  const REACHED = ['preload r1 internals', 'server --port 1']

  test('a direct node command gets the preload and its flags', () => {
    expect(run('node', 'server.js', '--port', '1')).toEqual(REACHED)
  })

  test('node by its path too', () => {
    expect(run(process.execPath, 'server.js', '--port', '1')).toEqual(REACHED)
  })

  test('sh -c finds it in PATH', () => {
    expect(run('sh', '-c', 'node server.js --port 1')).toEqual(REACHED)
  })

  test('npm start: through npm, for which the preload steps aside, to the program', () => {
    expect(run('npm', 'start', '--silent')).toEqual([REACHED[0], ...REACHED])
  })

  test('arguments pass byte for byte', () => {
    expect(run('node', 'server.js', "a'b", '', '$HOME', '--', 'two words')).toEqual([
      REACHED[0],
      "server a'b  $HOME -- two words",
    ])
  })

  test('the folder is private', () => {
    const { folder } = new Launcher({ node: 'node', preload: 'p', randomSeed: 1 })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    rmSync(folder, { recursive: true })
    expect(existsSync(folder)).toBe(false)
  })
})
