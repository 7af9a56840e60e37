import { builtinModules } from 'node:module'
import { CORE_PARTS, MAY_KNOW, PURE_ROOMS, ROOMS_WITH_DEPENDENCIES } from './law.js'
import { type Import, type Parsed, resolveSpecifier, roomOf, type Violation } from './source.js'

/** The import law over one file of `src`. */
export function importViolations(parsed: Parsed, dependencies: readonly string[]): readonly Violation[] {
  const room = roomOf(parsed.path)
  if (room === undefined) return []
  const found: Violation[] = []
  for (const imported of parsed.imports) {
    const what = imported.specifier.startsWith('.')
      ? relativeFault(parsed.path, room, imported)
      : bareFault(room, imported.specifier, dependencies)
    if (what !== undefined) found.push({ path: parsed.path, line: imported.line, what })
  }
  return found
}

function relativeFault(path: string, room: string, { specifier }: Import): string | undefined {
  if (!specifier.endsWith('.js')) return `import of ${specifier} does not end in .js`
  const target = resolveSpecifier(path, specifier)
  const other = roomOf(target)
  if (other === undefined) return `import of ${specifier} leaves src`
  if (other === room) return room === 'core' ? coreFault(path, target) : undefined
  if (!MAY_KNOW[room]?.includes(other)) return `${room} may not know ${other}`
  return target === `src/${other}/index.ts` ? undefined : `${specifier} goes past the door of ${other}`
}

function coreFault(path: string, target: string): string | undefined {
  const [from, to] = [path, target].map((file) => file.split('/')[2] as string)
  const parts = [from, to].filter((part) => part !== undefined && CORE_PARTS.includes(part))
  return parts.length === 2 && from !== to ? `core's ${from} and ${to} do not know each other` : undefined
}

function bareFault(room: string, specifier: string, dependencies: readonly string[]): string | undefined {
  if (specifier.startsWith('node:')) {
    return PURE_ROOMS.includes(room) ? `${room} is pure and knows no ${specifier}` : undefined
  }
  if (builtinModules.includes(specifier)) return `${specifier} is written node:${specifier}`
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (!ROOMS_WITH_DEPENDENCIES.includes(room)) return `${room} has no dependency, and ${specifier} is one`
  return dependencies.includes(name) ? undefined : `${specifier} is not a dependency of the package`
}

/** Cycles by value or by type, within and between rooms; each is named once, by its files in order. */
export function cycleViolations(files: readonly Parsed[]): readonly Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const finished = new Set<string>()
  const found: Violation[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) {
      found.push({ path, line: 1, what: `cycle: ${[...trail.slice(at), path].join(' -> ')}` })
      return
    }
    if (finished.has(path)) return
    for (const { specifier } of byPath.get(path)?.imports ?? []) {
      if (specifier.startsWith('.')) visit(resolveSpecifier(path, specifier), [...trail, path])
    }
    finished.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}

/** The references of a room's tsconfig are its row of the law. */
export function referenceViolations(room: string, tsconfig: string): readonly Violation[] {
  const path = `src/${room}/tsconfig.json`
  const { references } = JSON.parse(tsconfig) as { references: readonly { readonly path: string }[] }
  const named = references.map((reference) => reference.path.replace('../', '')).toSorted()
  const lawful = MAY_KNOW[room]?.toSorted()
  if (lawful === undefined) return [{ path, line: 1, what: `the law does not know the room ${room}` }]
  if (named.join() === lawful.join()) return []
  return [{ path, line: 1, what: `references ${named.join(', ')}; the law says ${lawful.join(', ')}` }]
}

/** Rows `| room | what it is | whom it may know |` of docs/architecture.md. */
export function mapViolations(markdown: string): readonly Violation[] {
  const path = 'docs/architecture.md'
  const rows = [...markdown.matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \|$/gm)]
  const written = rows.map(([, room, known]) => `${room}: ${[...(known ?? '').matchAll(/\w+/g)].join(' ')}`)
  const lawful = Object.entries(MAY_KNOW).map(([room, known]) => `${room}: ${known.join(' ') || 'nothing'}`)
  return lawful
    .filter((row) => !written.includes(row))
    .concat(written.filter((row) => !lawful.includes(row)))
    .map((row) => ({ path, line: 1, what: `map and law differ at ${row}` }))
}
