/** Some commands of a play with what is recorded of them, or prose between them. */
export interface Block {
  /** Number of its first line in the file. */
  readonly line: number
  /** Prose and commands, as written. */
  readonly lines: readonly string[]
  /** Undefined for prose alone. */
  readonly recorded: readonly string[] | undefined
}

const SEPARATOR = '----'
const NOTHING = '(nothing happens)'

export function isProse(line: string): boolean {
  return line.startsWith('#')
}

/** A play is paragraphs: prose, or commands with a separator and what is recorded below it. */
export function parseScript(text: string): readonly Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  let line = 1
  const end = (next: number): void => {
    if (paragraph.length > 0) blocks.push(blockOf(paragraph, line))
    paragraph = []
    line = next
  }
  for (const [at, each] of text.split('\n').entries()) {
    if (each === '') end(at + 2)
    else paragraph.push(each)
  }
  end(0)
  return blocks
}

function blockOf(paragraph: readonly string[], line: number): Block {
  const at = paragraph.indexOf(SEPARATOR)
  if (at >= 0) return { line, lines: paragraph.slice(0, at), recorded: paragraph.slice(at + 1) }
  if (!paragraph.every(isProse)) throw new Error(`line ${line}: commands without ${SEPARATOR} below them`)
  return { line, lines: paragraph, recorded: undefined }
}

/** The file as it would be if `outputs` were recorded, one for each block. */
export function printScript(blocks: readonly Block[], outputs: readonly (readonly string[])[]): string {
  const paragraphs = blocks.map(({ lines, recorded }, at) => {
    const output = outputs[at] ?? []
    if (recorded === undefined) return lines
    return [...lines, SEPARATOR, ...(output.length === 0 ? [NOTHING] : output)]
  })
  return `${paragraphs.map((paragraph) => paragraph.join('\n')).join('\n\n')}\n`
}
