import { basename } from 'node:path'
import { resolveGatewayOptions } from '../config/index.js'
import type { RunInput } from '../config/index.js'
import { makeGatewayGenerations } from '../supervisor/index.js'
import { runForeground } from './run.js'
import type { Surroundings } from './surroundings.js'

/** `llft gateway`: the gateway of a group whose replicas are on other hosts; returns what the program ends with. */
export async function gateway(input: Pick<RunInput, 'flags'>, surroundings: Surroundings): Promise<number> {
  const { env, cwd } = surroundings
  const options = resolveGatewayOptions({ ...input, command: [], env, directoryName: basename(cwd) })
  return runForeground(options.run, (terms) => makeGatewayGenerations(terms, options), surroundings)
}
