// docs/protocol.md: the rationale of docs/protocol/*.md around the tables that the code itself is made from.
import { readFileSync } from 'node:fs'
import { DEFAULT_LIMITS, MOVES } from '../dist/core/index.js'
import { BODY_LAYOUT, ENTRY, HEADER_LAYOUT, KIND, MAGIC, WIRE_VERSION } from '../dist/message/index.js'
import { docComments } from './doc-comments.js'

const HEAD = `# The protocol

Made by \`npm run docs\` from the tables in the code and the pages in \`docs/protocol\`; do not edit. A test compares.
`

/** How each type of field is written, and in how many bytes. */
const FIELD_TYPES = {
  u8: ['1', 'one byte'],
  u53: ['7', 'a number below 2^53, little-endian: random identities and addresses'],
  index: ['1 to 8', 'a number below 2^53, seven bits per byte, lowest first, the top bit set on all but the last'],
  view: ['3 to 24', '`number`, `precedence`, `backupView`, each an index'],
  entries: ['1 +', 'count; unless 0, number of the first; for each its length and bytes'],
  payloads: ['1 +', 'count; for each its length and bytes'],
  members: ['1 +', 'count; for each member id (u53), precedence (index), locator (u53), caught up (u8, 0 or 1)'],
  received: ['1 +', 'count; for each group (u8), epoch (u53), received up to (index)'],
  ranges: ['1 +', 'count; for each first and last number (index), `1 <= first <= last`'],
  messages: ['1 +', 'count; for each group (u8), epoch (u53), sequence (index), length and bytes'],
}

/** Names one after another that share the comment of the first say so. */
const SAME = '"'

const page = (name) => readFileSync(new URL(`protocol/${name}.md`, import.meta.url), 'utf8')

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function fields(layout, prefix, comments) {
  const rows = Object.entries(layout).map(([name, type], at) => {
    const meaning = comments.get(`${prefix}.${name}`) || (prefix === 'Header' && at > 0 ? SAME : '')
    return [`\`${name}\``, type, FIELD_TYPES[type][0], meaning]
  })
  return table(['field', 'type', 'bytes', 'meaning'], rows)
}

function messages() {
  const comments = docComments('src/message/kinds.ts')
  const types = Object.entries(FIELD_TYPES).map(([type, [bytes, how]]) => [type, bytes, how])
  const magic = String.fromCodePoint(MAGIC & 0xff, MAGIC >> 8)
  const kinds = Object.entries(KIND).map(([name, code]) => {
    const body = BODY_LAYOUT[name]
    const rows = Object.keys(body).length === 0 ? 'No fields of its own.' : fields(body, `Bodies.${name}`, comments)
    return `### ${name} (${code})\n\n${comments.get(`Bodies.${name}`)}\n\n${rows}\n`
  })
  return `## Messages

Every datagram: \`${magic}\` (2 bytes), the version of this table (1 byte, ${WIRE_VERSION}), the kind (1 byte),
the header, the fields of the kind, and nothing after them. A datagram that differs in any of this is dropped
and counted under the first reason that applies: \`short\`, \`magic\`, \`version\`, \`kind\`, \`field\`,
\`trailing\`. No length is believed before it is seen to fit what is left.

### Types of fields

${table(['type', 'bytes', 'how it is written'], types)}

### Header

${fields(HEADER_LAYOUT, 'Header', comments)}

${kinds.join('\n')}`
}

function entries() {
  const comments = docComments('src/message/entries.ts')
  const rows = Object.entries(ENTRY).map(([name, code]) => [code, `\`${name}\``, comments.get(`ENTRY.${name}`)])
  return `## Order entries

The first byte of an entry is its kind; its top bit says that a \`continuation\` follows. What comes after the byte is
the determinizer's alone, but for the first two, which are the group's own and reach no program.

${table(['kind', 'name', 'meaning'], rows)}
`
}

function roles() {
  const arrows = MOVES.map(({ from, to, on }) => `  ${from} --> ${to}: ${on.replaceAll(':', ',')}`)
  const rows = MOVES.map(({ from, to, on }) => [from, to, on])
  return `## Roles of a replica

Drawn from the table that the code asserts at every change of role (\`src/core/replica/roles.ts\`).

\`\`\`mermaid
stateDiagram-v2
  [*] --> joining
${arrows.join('\n')}
  stopped --> [*]
\`\`\`

${table(['from', 'to', 'on'], rows)}
`
}

function limits() {
  const comments = docComments('src/core/limits.ts')
  const rows = Object.entries(DEFAULT_LIMITS).map(([name, value]) => {
    const reason = comments.get(`Limits.${name}`) || SAME
    return [`\`${name}\``, value.toLocaleString('en-US'), unitOf(name), reason]
  })
  return `## Limits

Every bound and delay of the core. They depend on each other; \`test/core/limits.test.ts\` checks how.

${table(['name', 'default', 'unit', 'reason'], rows)}
`
}

function unitOf(name) {
  if (/bytes/i.test(name)) return 'bytes'
  return /(?:Delay|Timeout)(?:Min|Max)?$/.test(name) ? 'microseconds' : 'count'
}

/** The whole page. */
export function protocolMarkdown() {
  return [
    HEAD,
    page('words'),
    page('promises'),
    messages(),
    entries(),
    page('delivery'),
    page('flow'),
    page('order'),
    page('membership'),
    roles(),
    page('joining'),
    limits(),
    page('hostile'),
    page('differs'),
  ].join('\n')
}
