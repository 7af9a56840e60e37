import { EXIT, llftError, LlftError, renderReport } from '../errors/index.js'
import { execute } from './program.js'
import { makeStyle, wantsColor } from './style.js'
import type { Surroundings } from './surroundings.js'

/** The whole of `llft`: returns what the process ends with. Words about errors go to stderr. */
export async function main(surroundings: Surroundings): Promise<number> {
  try {
    return await execute(surroundings)
  } catch (error) {
    const style = makeStyle(wantsColor(surroundings.env, process.stderr.isTTY))
    const known = error instanceof LlftError ? error : llftError('LLFT_E_BUG', { reason: String(error) })
    process.stderr.write(`${renderReport(known, style)}\n`)
    if (known !== error && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    return known.exitCode === EXIT.ok ? EXIT.bug : known.exitCode
  }
}
