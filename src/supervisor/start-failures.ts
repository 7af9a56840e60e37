import type { RunOptions } from '../config/index.js'
import { EXIT, llftError } from '../errors/index.js'
import type { LlftError } from '../errors/index.js'
import { exitCodeOf, outcomeOf } from './process-end.js'
import type { ProcessEnd } from './process-end.js'
import type { Replica } from './replicas.js'

interface StartTerms extends Pick<RunOptions, 'command'> {
  readonly waitedMs: number
}

/** A replica ended before the group was founded. */
export function endedAtStart(replica: Replica, end: ProcessEnd, terms: StartTerms): LlftError {
  const { waitedMs } = terms
  const command = terms.command.join(' ')
  const [outcome, exitCode] = [outcomeOf(end), exitCodeOf(end)]
  const reason = `\`${command}\` ended with ${outcome}, and started no Node program through PATH`
  const quiet = replica.claim === undefined && exitCode === 0
  return quiet
    ? llftError('LLFT_E_GUEST_NOT_REACHED', { waitedMs: Math.round(waitedMs), reason })
    : llftError('LLFT_E_GUEST_EXITED_AT_START', { command, outcome }, { exitCode: exitCode || EXIT.bug })
}

/** Not all had their places in time; `absent` are those without one. */
export function overdue(
  { guestStartMs: waitedMs, command }: Pick<RunOptions, 'guestStartMs' | 'command'>,
  absent: readonly Replica[],
  all: number,
): LlftError {
  const missing = absent.map(({ slot }) => slot).join(', ') || 'the gateway'
  const reason =
    `\`${command.join(' ')}\` runs, but started no \`node\` through PATH: ` +
    'a program that starts Node by its full path, or a login shell that sets PATH anew, goes past LLFT'
  return absent.length === all
    ? llftError('LLFT_E_GUEST_NOT_REACHED', { waitedMs, reason })
    : llftError('LLFT_E_GROUP_START', { waitedMs, missing })
}
