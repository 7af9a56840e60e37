import { Visitor, type FunctionBody, type ParamPattern, type Span, type VariableDeclaration } from 'oxc-parser'
import { FILE_LINES_MAX, FILE_LINES_MEDIAN_BELOW, FUNCTION_LINES_MAX, LINE_LENGTH_MAX, PARAMETERS_MAX } from './law.js'
import { type Parsed, roomOf, type Source, type Violation } from './source.js'

/** Rules of one file's text: they hold for tests and scripts too. */
export function textViolations({ path, text }: Source): readonly Violation[] {
  const lines = text.split('\n')
  const found: Violation[] = []
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length
  if (count > FILE_LINES_MAX) found.push({ path, line: count, what: `file of ${count} lines` })
  for (const [at, line] of lines.entries()) {
    if (line.length > LINE_LENGTH_MAX) found.push({ path, line: at + 1, what: `line of ${line.length} characters` })
    if (/(?<![\w.])\/(?:work|home|root|Users)\/\w/.test(line)) {
      found.push({ path, line: at + 1, what: 'a path of one machine' })
    }
  }
  return found
}

export function medianViolations(sources: readonly Source[]): readonly Violation[] {
  const lengths = sources.map(({ text }) => text.split('\n').length).toSorted((left, right) => left - right)
  const median = lengths[Math.floor(lengths.length / 2)] ?? Infinity
  return median < FILE_LINES_MEDIAN_BELOW ? [] : [{ path: 'src', line: 0, what: `median file of ${median} lines` }]
}

/** Rules of one file's syntax. */
export function syntaxViolations(parsed: Parsed): readonly Violation[] {
  return [
    ...formViolations(parsed),
    ...sizeViolations(parsed),
    ...stateViolations(parsed),
    ...commentViolations(parsed),
  ]
}

function formViolations({ path, program, lineAt }: Parsed): readonly Violation[] {
  const found: Violation[] = []
  const forbid =
    (what: string) =>
    (node: Span): void =>
      void found.push({ path, line: lineAt(node.start), what })
  new Visitor({
    TSAnyKeyword: forbid('any'),
    TSEnumDeclaration: forbid('enum'),
    TSModuleDeclaration: forbid('namespace'),
    TSParameterProperty: forbid('parameter property'),
    TSNonNullExpression: forbid('non-null assertion'),
    ExportDefaultDeclaration: forbid('default export'),
    ExportAllDeclaration: forbid('export *'),
  }).visit(program)
  return found
}

interface Callable extends Span {
  readonly params: readonly ParamPattern[]
  readonly body?: FunctionBody | Span | null
}

function sizeViolations({ path, program, lineAt }: Parsed): readonly Violation[] {
  const found: Violation[] = []
  const measure = (node: Callable): void => {
    const line = lineAt(node.start)
    const lines = lineAt(node.end) - line + 1
    if (node.body && lines > FUNCTION_LINES_MAX) found.push({ path, line, what: `function of ${lines} lines` })
    const parameters = node.params.filter(isPositional).length
    if (parameters > PARAMETERS_MAX) found.push({ path, line, what: `${parameters} parameters` })
  }
  const code = { FunctionDeclaration: measure, FunctionExpression: measure, ArrowFunctionExpression: measure }
  // What `interpose` declares without a body is Node's, not ours to shape.
  const signatures = roomOf(path) === 'interpose' ? {} : { TSFunctionType: measure, TSMethodSignature: measure }
  new Visitor({ ...code, ...signatures }).visit(program)
  return found
}

/** `this` is no parameter, and the rest of a list is one list. */
function isPositional(param: ParamPattern): boolean {
  return param.type !== 'RestElement' && !(param.type === 'Identifier' && param.name === 'this')
}

/** State lives in objects that a composition root makes, so that two of them can live in one process. */
function stateViolations({ path, program, lineAt }: Parsed): readonly Violation[] {
  const found: Violation[] = []
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration' || declaration.declare) continue
    const line = lineAt(statement.start)
    if (declaration.kind !== 'const') found.push({ path, line, what: `module-level ${declaration.kind}` })
    else if (holdsEmptyContainer(declaration))
      found.push({ path, line, what: 'module-level container that starts empty' })
  }
  return found
}

const CONTAINERS: readonly string[] = ['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']

function holdsEmptyContainer(declaration: VariableDeclaration): boolean {
  return declaration.declarations.some(({ id, init }) => {
    const annotation = id.type === 'Identifier' ? id.typeAnnotation?.typeAnnotation : undefined
    if (annotation?.type === 'TSTypeOperator' && annotation.operator === 'readonly') return false
    if (init?.type === 'ArrayExpression') return init.elements.length === 0
    if (init?.type !== 'NewExpression' || init.callee.type !== 'Identifier') return false
    return CONTAINERS.includes(init.callee.name) && init.arguments.length === 0
  })
}

function commentViolations({ path, comments, lineAt }: Parsed): readonly Violation[] {
  const found: Violation[] = []
  for (const { value, start } of comments) {
    const forbid = (what: string): void => void found.push({ path, line: lineAt(start), what })
    if (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(value)) forbid('a promise in a comment')
    if (/@ts-(?:ignore|nocheck|expect-error)/.test(value)) forbid('a silenced compiler')
    if (/(?:ox|es)lint-disable(?!.* -- \S)/.test(value)) forbid('a silenced lint rule without ` -- reason`')
    if (/^\s*(?:import|export|const|let|return|if \(|for \()\b.*[)}'\]]\s*$/.test(value)) forbid('code in a comment')
  }
  return found
}
