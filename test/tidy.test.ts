import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { medianViolations, syntaxViolations, textViolations } from './tidy/house-rules.js'
import { cycleViolations, importViolations, mapViolations, referenceViolations } from './tidy/import-law.js'
import { MAY_KNOW } from './tidy/law.js'
import { type Parsed, parse, type Source, type Violation } from './tidy/source.js'

const root = join(import.meta.dirname, '..')

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function sourcesIn(folder: string, suffix: RegExp): readonly Source[] {
  if (!existsSync(join(root, folder))) return []
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
  return files
    .filter((file) => file.isFile() && suffix.test(file.name) && !file.parentPath.includes('node_modules'))
    .map((file) => join(file.parentPath, file.name).slice(root.length + 1))
    .toSorted()
    .map((path) => ({ path, text: read(path) }))
}

function show(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ path, line, what }) => `${path}:${line} ${what}`)
}

const CODE = /\.(?:ts|js|mjs|cjs)$/
const sources = sourcesIn('src', /\.ts$/)
const parsed = sources.map(parse)
const rooms = readdirSync(join(root, 'src'))
const dependencies = Object.keys((JSON.parse(read('package.json')) as { dependencies: object }).dependencies)

describe('the house', () => {
  test('has files: a check that reads none proves nothing', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(sourcesIn('test', CODE).length).toBeGreaterThan(10)
    for (const room of Object.keys(MAY_KNOW)) {
      expect(sources.filter(({ path }) => path.startsWith(`src/${room}/`)).length, room).toBeGreaterThan(0)
    }
  })

  test('keeps its numbers', () => {
    const others = ['test', 'bench', 'examples', '.ci', 'docs', 'bin'].flatMap((folder) => sourcesIn(folder, CODE))
    expect(show([...sources, ...others].flatMap(textViolations))).toEqual([])
    expect(show(medianViolations(sources))).toEqual([])
  })

  test('keeps its forms', () => {
    expect(show(parsed.flatMap(syntaxViolations))).toEqual([])
  })

  test('keeps the import law', () => {
    expect(show(parsed.flatMap((file) => importViolations(file, dependencies)))).toEqual([])
    expect(show(cycleViolations(parsed))).toEqual([])
  })

  test('says the same in the law, in the project references and on the map', () => {
    expect(rooms.toSorted()).toEqual(Object.keys(MAY_KNOW).toSorted())
    expect(show(rooms.flatMap((room) => referenceViolations(room, read(`src/${room}/tsconfig.json`))))).toEqual([])
    expect(show(mapViolations(read('docs/architecture.md')))).toEqual([])
  })
})

/** What the rules say about a planted file. */
function faults(text: string, path = 'src/core/planted.ts'): readonly string[] {
  const file: Parsed = parse({ path, text })
  const found = [...textViolations(file), ...syntaxViolations(file), ...importViolations(file, ['commander'])]
  return found.map(({ what }) => what)
}

describe('each rule catches what is planted', () => {
  const lines = (count: number): string => 'work()\n'.repeat(count)

  test('a good file is left alone', () => {
    const good = `import type { A } from "../message/index.js"\nexport const SIX = 6\nexport const f = (a: A): A => a\n`
    expect(faults(good)).toEqual([])
    expect(faults(`function f() {\n${lines(58)}}\n`)).toEqual([])
    expect(faults(lines(400))).toEqual([])
  })

  test.each<[string, string]>([
    ['file of 401 lines', lines(401)],
    ['line of 121 characters', `// ${'x'.repeat(118)}\n`],
    ['function of 61 lines', `function f() {\n${lines(59)}}\n`],
    ['function of 61 lines', `const f = () => {\n${lines(59)}}\n`],
    ['function of 61 lines', `class A {\n  m() {\n${lines(59)}}\n}\n`],
    ['4 parameters', 'const f = (a: 1, b: 1, c = 1, d?: 1) => a\n'],
    ['4 parameters', 'interface A { m(a: 1, b: 1, c: 1, d: 1): void }\n'],
    ['4 parameters', 'class A { constructor(a: 1, b: 1, c: 1, d: 1) {} }\n'],
    ['any', 'const f = (a: unknown): any => a\n'],
    ['enum', 'enum A { b }\n'],
    ['namespace', 'namespace A { const b = 1 }\n'],
    ['parameter property', 'class A { constructor(readonly a: 1) {} }\n'],
    ['non-null assertion', 'const a = b!\n'],
    ['default export', 'export default 1\n'],
    ['export *', "export * from './x.js'\n"],
    ['module-level let', 'export let a = 1\n'],
    ['module-level container that starts empty', 'const seen = new Map<string, string>()\n'],
    ['module-level container that starts empty', 'const seen: string[] = []\n'],
    ['a promise in a comment', '// TODO: later\n'],
    ['a silenced compiler', '// @ts-ignore\n'],
    ['a silenced lint rule without ` -- reason`', '// oxlint-disable-next-line no-eval\n'],
    ['code in a comment', '// return compute(a)\n'],
    ['a path of one machine', `const a = '${['', 'home', 'me'].join('/')}'\n`],
    ['core may not know wire', "import { a } from '../wire/index.js'\n"],
    ['core may not know wire', "import type { A } from '../wire/index.js'\n"],
    ['core may not know wire', "export { a } from '../wire/index.js'\n"],
    ['core may not know wire', "type A = import('../wire/index.js').A\n"],
    ['core may not know wire', "const a = await import('../wire/index.js')\n"],
    ['../message/kinds.js goes past the door of message', "import { a } from '../message/kinds.js'\n"],
    ['import of ./x does not end in .js', "import { a } from './x'\n"],
    ['import of ../../test/x.js leaves src', "import { a } from '../../test/x.js'\n"],
    ['core is pure and knows no node:fs', "import { a } from 'node:fs'\n"],
    ['core has no dependency, and commander is one', "import { a } from 'commander'\n"],
  ])('%s', (what, text) => {
    expect(faults(text)).toEqual([what])
  })

  test.each<[string, string, string]>([
    ['sim may not know adapters', "import { a } from '../adapters/index.js'\n", 'src/sim/a.ts'],
    ['wire may not know core', "import { a } from '../core/index.js'\n", 'src/wire/a.ts'],
    ['fs is written node:fs', "import { a } from 'fs'\n", 'src/adapters/a.ts'],
    ['left-pad is not a dependency of the package', "import { a } from 'left-pad'\n", 'src/cli/a.ts'],
    [
      "core's messaging and membership do not know each other",
      "import '../membership/a.js'\n",
      'src/core/messaging/a.ts',
    ],
  ])('%s', (what, text, path) => {
    expect(faults(text, path)).toEqual([what])
  })

  test('core: the replica knows its parts', () => {
    expect(faults("import { a } from '../membership/a.js'\n", 'src/core/replica/a.ts')).toEqual([])
  })

  test('a median that is too long, and no file at all', () => {
    const long: Source = { path: 'src/a.ts', text: lines(151) }
    expect(medianViolations([long, long, { path: 'src/b.ts', text: '' }])).toHaveLength(1)
    expect(medianViolations([])).toHaveLength(1)
  })

  test('a cycle by type alone', () => {
    const files = [
      parse({ path: 'src/core/a.ts', text: "import type { B } from './b.js'\n" }),
      parse({ path: 'src/core/b.ts', text: "export type { A } from './a.js'\n" }),
    ]
    expect(show(cycleViolations(files))).toEqual([
      'src/core/a.ts:1 cycle: src/core/a.ts -> src/core/b.ts -> src/core/a.ts',
    ])
  })

  test('a reference too many, a room without a law, a map that differs', () => {
    const wire = JSON.stringify({ references: [{ path: '../base' }, { path: '../message' }, { path: '../core' }] })
    expect(referenceViolations('wire', wire)).toHaveLength(1)
    expect(referenceViolations('cellar', '{"references":[]}')).toHaveLength(1)
    expect(mapViolations('| `base` | all | wire |\n').length).toBeGreaterThan(Object.keys(MAY_KNOW).length)
  })
})
