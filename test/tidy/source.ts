import { parseSync, Visitor, type Comment, type Program } from 'oxc-parser'

/** A file as the rules see it; `path` is relative to the repository, with forward slashes. */
export interface Source {
  readonly path: string
  readonly text: string
}

export interface Violation {
  readonly path: string
  readonly line: number
  readonly what: string
}

export interface Import {
  readonly specifier: string
  readonly line: number
}

export interface Parsed extends Source {
  readonly program: Program
  readonly comments: readonly Comment[]
  /** Static, dynamic and re-exporting, by value and by type alike. */
  readonly imports: readonly Import[]
  readonly lineAt: (offset: number) => number
}

export function parse(source: Source): Parsed {
  const { program, comments, module, errors } = parseSync(source.path, source.text)
  if (errors.length > 0) throw new Error(`${source.path} cannot be parsed: ${errors[0]?.message}`)
  const lineAt = (offset: number): number => source.text.slice(0, offset).split('\n').length
  const imports: Import[] = []
  const add = (specifier: string, start: number): void => void imports.push({ specifier, line: lineAt(start) })
  for (const { moduleRequest, start } of module.staticImports) add(moduleRequest.value, start)
  for (const { entries, start } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) add(moduleRequest.value, start)
  }
  // `import('x')`, as an expression and as a type.
  new Visitor({
    ImportExpression: (node) => add(literal(node.source), node.start),
    TSImportType: (node) => add(literal(node.source), node.start),
  }).visit(program)
  return { ...source, program, comments, imports, lineAt }
}

/** The text of a string literal; a computed specifier cannot be checked, and is no module of ours. */
function literal(node: { readonly type: string; readonly value?: unknown }): string {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : '<computed>'
}

/** `src/<room>/...` -> room. */
export function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

/** The file that a relative specifier means, as a path in the repository. */
export function resolveSpecifier(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/').replace(/\.js$/, '.ts')
}
