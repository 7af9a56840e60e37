import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  errorsMarkdown,
  EXIT,
  isCode,
  LlftError,
  llftError,
  nearest,
  REGISTRY,
  renderReport,
  report,
} from '../../src/errors/index.js'

const root = join(import.meta.dirname, '../..')

describe('the registry', () => {
  const codes = Object.entries(REGISTRY)

  test('holds errors and warnings', () => {
    expect(codes.length).toBeGreaterThan(40)
  })

  test.each(codes)('%s says what, why and fix', (code, template) => {
    expect(code).toMatch(/^LLFT_[EW](_[A-Z0-9]+)+$/)
    expect(template.what).toMatch(/\S.*\.$/)
    expect(template.why).toMatch(/\S/)
    expect(template.fix).toMatch(/\S/)
    // A cause or a remedy that is filled in whole would say nothing when the place of the fault says nothing.
    expect(template.fix).not.toMatch(/^\{\w+\}$/)
  })

  test('ends a process with a number that experience.md lists', () => {
    const known: readonly unknown[] = [...Object.values(EXIT), 'program', 'none']
    for (const [, template] of codes) expect(known).toContain(template.exit)
  })

  test('knows every code that the sources name', () => {
    const unknown = new Set<string>()
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const text = readFileSync(join(root, 'src', file), 'utf8')
      for (const [code] of text.matchAll(/\bLLFT_[EW]_[A-Z0-9_]*[A-Z0-9]\b/g)) if (!isCode(code)) unknown.add(code)
    }
    expect([...unknown]).toEqual([])
  })

  test('is what docs/errors.md says (npm run docs writes it)', () => {
    expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsMarkdown())
  })
})

describe('an error', () => {
  const error = llftError('LLFT_E_USAGE_UNKNOWN_FLAG', { flag: '--replica', command: 'run', suggestion: '--replicas' })

  test('carries its texts filled in, and what the process ends with', () => {
    expect(error).toBeInstanceOf(LlftError)
    expect(error.what).toBe('There is no option --replica.')
    expect(error.fix).toContain('try --replicas;')
    expect(error.exitCode).toBe(2)
    expect(error.definite).toBe(true)
  })

  test("ends with the program's own code where that is known", () => {
    const details = { outcome: 'exit code 42' }
    expect(llftError('LLFT_E_GUEST_FAILED_ALIKE', details, { exitCode: 42 }).exitCode).toBe(42)
    expect(llftError('LLFT_E_GUEST_FAILED_ALIKE', details).exitCode).toBe(1)
  })

  test('is printed as what, why and fix', () => {
    expect(renderReport(error, { color: false }).split('\n')).toEqual([
      '✖ LLFT_E_USAGE_UNKNOWN_FLAG  There is no option --replica.',
      expect.stringMatching(/^ {2}Why {2}\S/),
      expect.stringMatching(/^ {2}Fix {2}try --replicas/),
    ])
  })

  test('is coloured only when asked, and a warning has a mark of its own', () => {
    const warning = report('LLFT_W_ONE_HOST', {})
    expect(renderReport(warning, { color: false })).toMatch(/^▲ LLFT_W_ONE_HOST {2}/)
    expect(renderReport(warning, { color: false })).not.toContain('\u001b')
    expect(renderReport(warning, { color: true })).toContain('\u001b[33m▲')
  })

  test('leaves a brace of a detail alone', () => {
    const odd = llftError('LLFT_E_GUEST_NOT_FOUND', { command: '{command}' })
    expect(odd.what).toBe('The command `{command}` was not found.')
  })
})

describe('nearest', () => {
  test.each([
    ['--replica', '--replicas'],
    ['--lisen', '--listen'],
    ['--amdin', '--admin'],
    ['--something-else', undefined],
    ['-x', undefined],
  ])('%s -> %s', (word, expected) => {
    expect(nearest(word, ['--replicas', '--listen', '--admin'])).toBe(expected)
  })
})
