/** What was typed, or set in the environment, cannot be used. */
export const USAGE = {
  LLFT_E_USAGE_UNKNOWN_FLAG: {
    exit: 2,
    what: 'There is no option {flag}.',
    why: '`llft {command}` does not know it, and guessing could start the wrong thing',
    fix: 'try {suggestion}; options of the program itself go after its command: llft run -- node server.js {flag}',
  },
  LLFT_E_USAGE_UNKNOWN_COMMAND: {
    exit: 2,
    what: 'There is no command `{command}`.',
    why: 'the first word after `llft` names what to do; a program to run goes after `llft run --`',
    fix: 'try {suggestion}',
  },
  LLFT_E_USAGE_MISSING_COMMAND: {
    exit: 2,
    what: '`llft run` was not told which program to run.',
    why: 'everything after `--` is the command line of the program, and there is none',
    fix: 'llft run -- node server.js',
  },
  LLFT_E_USAGE_MISSING_ARGUMENT: {
    exit: 2,
    what: '`llft {command}` needs {argument}.',
    why: 'without it there is nothing to act on',
    fix: 'llft {command} {example}',
  },
  LLFT_E_USAGE_EXTRA_ARGUMENT: {
    exit: 2,
    what: '`llft {command}` has no use for `{argument}`.',
    why: 'it takes fewer arguments, and leaving one out silently could do the wrong thing',
    fix: 'llft {command} --help',
  },
  LLFT_E_USAGE_MISSING_VALUE: {
    exit: 2,
    what: 'The option {flag} needs a value.',
    why: 'it was the last word, or the next word is an option too',
    fix: '{flag} {example}',
  },
  LLFT_E_USAGE_MISSING_OPTION: {
    exit: 2,
    what: 'The option {flag} is missing.',
    why: 'a part of a group on several hosts must know its group, its own address and the other parts',
    fix: '{flag} {example}',
  },
  LLFT_E_USAGE_REPLICAS: {
    exit: 2,
    what: '{origin}: `{value}` is not a number of replicas.',
    why: 'a group has {min} to {max} replicas: with none nothing runs, and each one is a full copy of the work',
    fix: 'llft run -r 3 -- node server.js',
  },
  LLFT_E_USAGE_ADDRESS: {
    exit: 2,
    what: '{origin}: `{value}` is not an address.',
    why: '{reason}',
    fix: 'write {example}',
  },
  LLFT_E_USAGE_NUMBER: {
    exit: 2,
    what: '{origin}: `{value}` is not usable.',
    why: 'it must be a whole number from {min} to {max}',
    fix: 'leave it out for the default, {fallback}',
  },
  LLFT_E_USAGE_TRANSPORT: {
    exit: 2,
    what: '{origin}: `{value}` is not a transport.',
    why: 'it is unicast, multicast, or auto, which tries multicast and falls back to unicast',
    fix: '{origin} {suggestion}',
  },
  LLFT_E_USAGE_COMMIT: {
    exit: 2,
    what: '{origin}: `{value}` is not a commit mode.',
    why: 'it is reflected, which waits for nobody, or acknowledged, which waits for every backup',
    fix: '{origin} {suggestion}',
  },
  LLFT_E_USAGE_JOURNAL: {
    exit: 2,
    what: 'history cannot be laid away in `{folder}`: {cause}.',
    why: 'each process of the group keeps the older part of the history in a file there',
    fix: 'name a folder that this user may write to: --journal <folder>',
  },
  LLFT_E_USAGE_NAME: {
    exit: 2,
    what: '{origin}: `{value}` cannot name a group.',
    why: 'the name is shown in lists and used for a file: 1 to {max} letters, digits, dots, dashes and underscores',
    fix: '{origin} my-app',
  },
  LLFT_E_USAGE_UNKNOWN_VARIABLE: {
    exit: 2,
    what: 'The environment variable {variable} means nothing to LLFT.',
    why: 'it looks like {suggestion} with a mistake in it, and would be ignored silently',
    fix: 'rename it to {suggestion}, or unset it',
  },
  LLFT_E_CONFIG_LISTEN_TWICE: {
    exit: 3,
    what: '--listen names {what} twice.',
    why: 'each port of the program is opened at one address, and an address can be opened once',
    fix: 'keep one of: {mappings}',
  },
} as const
