import type { EdgeTerms } from './edge-terms.js'
import { VALUE_SOURCE } from './operations.js'
import { recordOutcome, valueOf } from './outcome.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'

/** Ways to become another user. */
const IDENTITY = ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups'] as const

/** What a process has that decides how it sees and makes files: its folder, its mask, its user. */
export function installProcessState(terms: EdgeTerms): void {
  installFolder(terms)
  installMask(terms)
  for (const name of IDENTITY) {
    const owner = process as unknown as Record<string, (...args: unknown[]) => unknown>
    const real = owner[name] as (...args: unknown[]) => unknown
    replaceFunction(owner, name, (...args: unknown[]) => {
      if (!terms.operations.inside) return real.apply(process, args)
      throw refusal('LLFT_E_REFUSED_IDENTITY', `process.${name}()`)
    })
  }
}

/**
 * The program's folder is where the primary could go. A replica that comes there later may find it gone, which matters
 * only when it has to look at files itself.
 */
function installFolder({ operations }: EdgeTerms): void {
  const { cwd, chdir } = process
  let folder: string | undefined
  const follow = (): void => {
    if (folder === undefined || cwd() === folder) return
    try {
      chdir(folder)
    } catch {
      // It was removed: relative paths lead nowhere, as they do for a process whose folder is removed.
    }
  }
  replaceFunction(process, 'chdir', (directory: string) => {
    if (!operations.inside) return chdir(directory)
    const outcome = recordOutcome(operations, VALUE_SOURCE.fact, () => {
      chdir(directory)
      return cwd()
    })
    folder = valueOf(outcome) as string
    operations.outside(follow)
  })
  replaceFunction(process, 'cwd', () => (operations.inside ? (folder ?? cwd()) : cwd()))
  operations.onLive(follow)
}

/** Files are made by the console: with the program's mask. */
function installMask({ operations, host }: EdgeTerms): void {
  const { umask } = process
  let mask: number | undefined
  replaceFunction(process, 'umask', (wanted?: string | number) => {
    if (!operations.inside) return wanted === undefined ? umask() : umask(wanted)
    const before = (mask ??= operations.recordNumber(VALUE_SOURCE.fact, () => umask()))
    if (wanted === undefined) return before
    // Node's own checks of the argument, for their errors.
    umask(wanted)
    mask = umask()
    host.tell({ call: 'umask', args: [mask] })
    return before
  })
}
