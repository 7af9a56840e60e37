import { AdminClient, findRuntimeFiles, runtimeFolder } from '../admin/index.js'
import type { RuntimeFile } from '../admin/index.js'
import { formatAddress, resolveAdminAddress } from '../config/index.js'
import type { RunInput } from '../config/index.js'
import { llftError } from '../errors/index.js'
import type { Surroundings } from './surroundings.js'

/** The one running group that a command is about: named by its admin address, by its name, or the only one. */
export function findGroup(command: string, flags: RunInput['flags'], { env }: Surroundings): AdminClient {
  const address = resolveAdminAddress({ flags, env })
  const name = flags.name?.at(-1)
  const files = findRuntimeFiles(runtimeFolder(env))
  if (address !== undefined) {
    const wanted = formatAddress(address)
    const file = files.find(({ admin }) => formatAddress(admin) === wanted)
    return new AdminClient(address, file?.token ?? '')
  }
  const candidates = name === undefined ? files : files.filter(({ group }) => group === name)
  const [only, other] = candidates
  if (only === undefined) throw llftError('LLFT_E_ADMIN_NOT_RUNNING', { command })
  if (other !== undefined) throw severalGroups(command, candidates)
  return new AdminClient(only.admin, only.token)
}

function severalGroups(command: string, files: readonly RuntimeFile[]): Error {
  const groups = files.map(({ group, admin }) => `${group} (${formatAddress(admin)})`).join(', ')
  const example = files.map(({ admin }) => formatAddress(admin))[0] ?? ''
  return llftError('LLFT_E_ADMIN_SEVERAL_GROUPS', { command, count: files.length, groups, example })
}
