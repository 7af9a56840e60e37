import { randomBytes } from 'node:crypto'
import type { RunOptions } from '../config/index.js'
import { ATTACH_ENV } from '../driver/index.js'
import type { CheckSettings, TestFaults } from '../driver/index.js'
import { Launcher } from './launcher.js'
import { ReplicaSet } from './replica-set.js'
import type { ReplicasMaker } from './replicas.js'

const TOKEN_BYTES = 16

/** How one replica differs from others in `llft check`. */
export interface CheckedReplica extends CheckSettings {
  /** Flags of Node that it alone has. */
  readonly nodeFlags: readonly string[]
}

export interface LocalTerms {
  readonly options: Pick<RunOptions, 'command'>
  readonly environment: NodeJS.ProcessEnv
  readonly paths: { readonly node: string; readonly preload: string }
  /** The same at every replica of a group, a signed 32-bit number. */
  readonly randomSeed: number
  readonly numberedBefore: number
  /** Own IPv4 address that the group's datagrams come to. */
  readonly address: string
  /** By slot, or `*` for every replica; set by tests only. */
  readonly faults: Readonly<Record<string, TestFaults>>
  /** By slot; undefined but in `llft check`. */
  readonly check?: ((slot: string) => CheckedReplica) | undefined
}

/** Replicas that are processes of this host. */
export function localReplicas(terms: LocalTerms): ReplicasMaker {
  const { options, environment, faults, randomSeed, numberedBefore, address: host } = terms
  const [file, ...args] = options.command
  const launcher = new Launcher({ ...terms.paths, randomSeed })
  const token = randomBytes(TOKEN_BYTES).toString('hex')
  const command = (slot: string, address: string): { file: string; args: string[]; environment: NodeJS.ProcessEnv } => {
    const own = faults[slot] ?? faults['*']
    const base = {
      ...environment,
      ...(own === undefined ? {} : { [ATTACH_ENV.faults]: JSON.stringify(own) }),
      ...checkEnvironment(terms.check?.(slot)),
    }
    return {
      file: launcher.command(file),
      args,
      environment: launcher.environment({ ...base, [ATTACH_ENV.host]: host }, { address, slot, token }),
    }
  }
  return {
    leftovers: [launcher.folder],
    make: (reaper, listener) => new ReplicaSet({ token, reaper, numberedBefore, command }, listener),
  }
}

function checkEnvironment(checked: CheckedReplica | undefined): NodeJS.ProcessEnv {
  // Whoever runs `llft run` in such an environment does not mean it.
  if (checked === undefined) return { [ATTACH_ENV.check]: undefined, [ATTACH_ENV.nodeFlags]: undefined }
  const { nodeFlags, ...settings } = checked
  return { [ATTACH_ENV.check]: JSON.stringify(settings), [ATTACH_ENV.nodeFlags]: nodeFlags.join(' ') }
}
