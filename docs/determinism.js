// docs/determinism.md: the tables of docs/determinism.
import { SECTIONS } from './determinism/table.js'

const HEAD = `# What is deterministic, and how

Made by \`npm run docs\` from the tables in \`docs/determinism\`; do not edit. \`test/docs/determinism.test.ts\` runs
what is in them in a primary and in a backup: each row is seen to be what it says, every module and every global of
Node belongs to a row, and so do every hook and every refusal of the determinizer.

| how | |
| --- | --- |
| ordered | it begins or ends an operation, whose place in the history is the same at every replica |
| recorded | the primary writes the value into the history, a backup reads it there |
| same | equal at every replica by construction, without a byte of history |
| refused | an error with a code, the line of the program and what to do instead |

*Bytes* is what the probe of the row costs in the history, at most; several values are read in most of them.
`

const TAIL = `## What differs all the same

Every message that a replica sends is compared with the primary's, by a byte of a rolling digest in the history
([ADR 32](adr/0032-a-byte-of-digest-with-each-message.md)). A backup that differs stops, is reported with the message
and the line of the program that sends it (\`LLFT_W_REPLICA_DIVERGED\`), and is replaced; clients notice nothing.

These have no row, because nothing orders them; they come out in that comparison, or not at all if nothing comes of it:

- How deep the stack may grow and how large the heap, which the compiler and the collector decide: an error of either
  kind that the program catches may come at one replica only.
- What others change in a file while several replicas read it for themselves (files of more than 1 MiB, and code): the
  replica that finds another content stops and names the file.
`

/** Where the row is shown: the probe in this table, or a suite. */
const shownBy = ({ probe, shown }) => (probe === undefined ? `\`${shown}\`` : 'its probe')

function table(title, rows) {
  const refused = rows.every(({ how }) => how === 'refused')
  const head = refused ? ['what', 'error', 'where', 'shown by'] : ['what', 'how', 'by', 'bytes', 'where', 'shown by']
  const cells = rows.map((row) => {
    const where = [`[\`${row.code.split('/').at(-1)}\`](../${row.code})`, shownBy(row)]
    if (refused) return [row.what, `[${row.error}](errors.md#${row.error.toLowerCase()})`, ...where]
    return [row.what, row.how, row.by, row.bytes ?? '', ...where]
  })
  const lines = [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`)
  return `## ${title}\n\n${lines.join('\n')}\n`
}

export function determinismMarkdown() {
  return [HEAD, ...SECTIONS.map(({ title, rows }) => table(title, rows)), TAIL].join('\n')
}
