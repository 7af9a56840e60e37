import type { Command, Words } from './command.js'
import { COMMANDS, patternOf } from './commands.js'
import { Scene } from './scene.js'
import { isProse, parseScript, printScript } from './script.js'

const FORMS = COMMANDS.map((command) => ({ command, pattern: patternOf(command.form) }))

/** What came of a play. */
export interface Performance {
  /** The file as it would be if it were recorded now. */
  readonly text: string
  /** Forms that it used. */
  readonly forms: ReadonlySet<string>
}

/** Performs a play from its text; throws, with the line, where it says what cannot be or is not. */
export function perform(text: string): Performance {
  const blocks = parseScript(text)
  const scene = new Scene()
  const forms = new Set<string>()
  const outputs = blocks.map(({ line, lines, recorded }) => {
    if (recorded === undefined) return []
    for (const [at, said] of lines.entries()) {
      if (isProse(said)) continue
      const { command, words } = commandOf(said, line + at)
      forms.add(command.form)
      try {
        command.act(scene, words)
      } catch (error) {
        const happened = scene.begun ? ['', 'what happened:', ...scene.transcript.take()].join('\n') : ''
        throw new Error(`line ${line + at}, ${said}: ${(error as Error).message}${happened}`, { cause: error })
      }
    }
    return scene.transcript.take()
  })
  const { faults } = scene
  if (faults.length > 0) throw new Error(`at the end: ${faults.join('; ')}`)
  return { text: printScript(blocks, outputs), forms }
}

function commandOf(said: string, line: number): { readonly command: Command; readonly words: Words } {
  for (const { command, pattern } of FORMS) {
    const match = pattern.exec(said)
    if (match !== null) return { command, words: match.groups ?? {} }
  }
  const known = COMMANDS.map(({ form }) => `  ${form}`).join('\n')
  throw new Error(`line ${line}: nobody understands \`${said}\`; what can be said is\n${known}`)
}
