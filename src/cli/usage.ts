import type { Command, CommanderError } from 'commander'
import { llftError, nearest } from '../errors/index.js'
import type { LlftError } from '../errors/index.js'

/** What a usage error shows as an example, by command. */
const EXAMPLES: Readonly<Record<string, string>> = {
  run: '-- node server.js',
  check: '-- node server.js',
  kill: 'primary',
  remove: 'r2',
}

/** Commander finds the fault, the registry has the words. `command`: the one that was being parsed. */
export function usageError(error: CommanderError, command: Command): LlftError {
  const name = command.parent === null ? '[command]' : nameOf(command)
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption': {
      const suggestion =
        nearest(quoted, flagsOf(command)) ?? (command.parent === null ? 'llft --help' : `llft ${name} --help`)
      return llftError('LLFT_E_USAGE_UNKNOWN_FLAG', { flag: quoted, command: name, suggestion })
    }
    case 'commander.unknownCommand': {
      const names = command.commands.map((child) => child.name())
      const near = nearest(quoted, names)
      const whole = ['llft', nameOf(command)].filter((part) => part !== '').join(' ')
      const suggestion = near === undefined ? `${whole} --help` : `${whole} ${near}`
      return llftError('LLFT_E_USAGE_UNKNOWN_COMMAND', { command: quoted, suggestion })
    }
    case 'commander.optionMissingArgument': {
      const [, flag = quoted, placeholder = ''] = /(--[\w-]+) (<.*>)/.exec(quoted) ?? []
      return llftError('LLFT_E_USAGE_MISSING_VALUE', { flag, example: placeholder })
    }
    case 'commander.missingArgument': {
      const example = EXAMPLES[name] ?? ''
      return llftError('LLFT_E_USAGE_MISSING_ARGUMENT', { command: name, argument: `<${quoted}>`, example })
    }
    case 'commander.excessArguments': {
      const argument = command.args.at(-1) ?? ''
      return llftError('LLFT_E_USAGE_EXTRA_ARGUMENT', { command: name, argument })
    }
    default:
      return llftError('LLFT_E_BUG', { reason: error.message })
  }
}

/** With what stands before it: `bench latency`. */
function nameOf(command: Command): string {
  const parent = command.parent
  if (parent === null) return ''
  return [nameOf(parent), command.name()].filter((part) => part !== '').join(' ')
}

function flagsOf(command: Command): readonly string[] {
  const own = command.options.flatMap(({ long, short }) => [long, short])
  return [...own, '--help'].filter((flag) => flag !== undefined && flag !== null)
}
