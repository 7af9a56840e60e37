import { basename } from 'node:path'
import { resolveReplicaOptions } from '../config/index.js'
import type { RunInput } from '../config/index.js'
import { LlftError, renderReport } from '../errors/index.js'
import { exitCodeOf, makeHostAgent } from '../supervisor/index.js'
import { requireExecutable } from './run.js'
import { makeStyle, wantsColor } from './style.js'
import type { Surroundings } from './surroundings.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `llft replica`: one replica of a group, on this host; returns what the program ends with. */
export async function replica(input: Pick<RunInput, 'command' | 'flags'>, surroundings: Surroundings): Promise<number> {
  const { env, cwd, paths } = surroundings
  const options = resolveReplicaOptions({ ...input, env, directoryName: basename(cwd) })
  requireExecutable(options.run.command[0], env)
  const style = makeStyle(wantsColor(env, process.stderr.isTTY))
  const agent = makeHostAgent({
    options,
    environment: env,
    paths: { node: process.execPath, ...paths },
    tell: (text) => process.stderr.write(`  ${style.dim('llft replica |')} ${text}\n`),
  })
  const signal = (_name: NodeJS.Signals, number: number): void => agent.signal(number)
  for (const name of SIGNALS) process.on(name, signal)
  try {
    return exitCodeOf(await agent.run())
  } catch (error) {
    if (!(error instanceof LlftError)) throw error
    process.stderr.write(`${renderReport(error, style)}\n`)
    return error.exitCode
  } finally {
    for (const name of SIGNALS) process.off(name, signal)
  }
}
