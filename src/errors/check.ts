/** `llft check`. */
export const CHECK = {
  LLFT_E_USAGE_CHECK_NUMBER: {
    exit: 2,
    what: '{origin}: `{value}` is not usable.',
    why: 'it must be a whole number from {min} to {max}',
    fix: 'leave it out for what is usual, or see llft check --help',
  },
  LLFT_E_USAGE_CHECK_ROUND: {
    exit: 2,
    what: '--rounds: there is no round `{value}`.',
    why: 'there are {known}',
    fix: '--rounds {suggestion}',
  },
  LLFT_E_USAGE_CHECK_ALLOW: {
    exit: 2,
    what: '--allow: there is no refusal `{value}`.',
    why: 'a refusal is named by its code, as the report of a check shows it',
    fix: '--allow {suggestion}',
  },
  LLFT_E_USAGE_CHECK_LOAD: {
    exit: 2,
    what: '--load: {file} cannot be read: {reason}.',
    why: 'the load is a Node program that makes requests of the checked one, and it must exist',
    fix: 'name a file, `none` if the program needs no clients, or leave it out for the built-in requests',
  },
  LLFT_E_CHECK_FOUND: {
    exit: 6,
    what: '`{command}` does something that LLFT cannot make the same at every replica, in {places}.',
    why: 'replicas would come to other states, or the program is refused what it asks for',
    fix: 'change these lines as the list above says, and check again',
  },
  LLFT_E_CHECK_ENDED: {
    exit: 3,
    what: '`{command}` ended by itself, with {outcome}, in the round `{round}`.',
    why: 'nothing was found before it did, and what it would have done afterwards cannot be checked',
    fix: 'see what it printed above, and whether it runs without LLFT: {command}',
  },
  LLFT_E_CHECK_NO_PORT: {
    exit: 3,
    what: '`{command}` opened no port within {waitedMs} ms, so the load {file} has nobody to talk to.',
    why: 'the load is given the address that the program listens on',
    fix: 'let the program listen, or use --load none for one that has no clients',
  },
  LLFT_E_CHECK_LOAD: {
    exit: 3,
    what: 'The load {file} failed in the round `{round}`: it ended with {outcome}.',
    why: 'a load that breaks off leaves the rest unchecked; nothing was found up to there',
    fix: 'see what it printed above; it gets the address of the program in LLFT_CHECK_URL, _HOST and _PORT',
  },
  LLFT_E_CHECK_TIME: {
    exit: 7,
    what: 'The load {file} was not over within {seconds} s in the round `{round}`.',
    why: 'every round has a bound of time, and what comes after it would be left unchecked',
    fix: 'let it make fewer requests and end by itself, or allow more with --seconds',
  },
} as const
