import type { Command, Words } from './command.js'
import { COMMANDS, patternOf } from './commands.js'
import { Scene } from './scene.js'
import type { Block } from './script.js'
import { isProse, parseScript, printScript } from './script.js'

interface Said {
  readonly line: number
  readonly said: string
  readonly command: Command
  readonly words: Words
}

const FORMS = COMMANDS.map((command) => ({ command, pattern: patternOf(command.form) }))

/**
 * Performs a play; returns the file as it would be if it were recorded now. Throws, with the line, where the play says
 * what cannot be done or is not so.
 */
export function perform(text: string): string {
  const blocks = parseScript(text)
  const scene = new Scene()
  const outputs = blocks.map((block) => {
    const commands = commandsOf(block)
    for (const each of commands) act(scene, each)
    return commands.length > 0 ? scene.transcript.take() : []
  })
  const { faults } = scene
  if (faults.length > 0) throw new Error(`at the end: ${faults.join('; ')}`)
  return printScript(blocks, outputs)
}

/** The forms of everything that a play says. */
export function formsIn(text: string): readonly string[] {
  return parseScript(text).flatMap((block) => commandsOf(block).map(({ command }) => command.form))
}

function act(scene: Scene, { line, said, command, words }: Said): void {
  try {
    command.act(scene, words)
  } catch (error) {
    const happened = scene.begun ? ['', 'what happened:', ...scene.transcript.take()].join('\n') : ''
    throw new Error(`line ${line}, ${said}: ${(error as Error).message}${happened}`, { cause: error })
  }
}

function commandsOf({ line, lines, recorded }: Block): readonly Said[] {
  if (recorded === undefined) return []
  return lines.flatMap((said, at) => (isProse(said) ? [] : [understood(said, line + at)]))
}

function understood(said: string, line: number): Said {
  for (const { command, pattern } of FORMS) {
    const match = pattern.exec(said)
    if (match !== null) return { line, said, command, words: match.groups ?? {} }
  }
  const known = COMMANDS.map(({ form }) => `  ${form}`).join('\n')
  throw new Error(`line ${line}: nobody understands \`${said}\`; what can be said is\n${known}`)
}
