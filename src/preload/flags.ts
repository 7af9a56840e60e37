/** Flags of Node that need more than one process, or one that stands still; `value` may follow after `=`. */
const REFUSED =
  /^(?:--watch(?:-path|-preserve-output)?|--test|--inspect(?:-brk|-wait|-port)?|-i|--interactive)(?:=.*)?$/

/** The first of them that this process was started with. */
export function refusedFlag(execArgv: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  const words = [...execArgv, ...(environment['NODE_OPTIONS'] ?? '').split(/\s+/)]
  // The process that watches starts another, without the flag, and this only in its environment.
  if (environment['WATCH_REPORT_DEPENDENCIES'] !== undefined) words.push('--watch')
  return words.find((word) => REFUSED.test(word))
}
