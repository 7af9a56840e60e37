import { constants } from 'node:fs'
import type { NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { isOutputFd } from './output.js'
import { refusal } from './refusal.js'

/** Every function of the `fs` binding that changes a file, a folder or what is known about one. */
const CHANGES = [
  'chmod',
  'chown',
  'copyFile',
  'fchmod',
  'fchown',
  'ftruncate',
  'futimes',
  'lchown',
  'link',
  'lutimes',
  'mkdir',
  'mkdtemp',
  'rename',
  'rmdir',
  'symlink',
  'unlink',
  'utimes',
] as const

const WRITING = constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND

/** Where writes vanish. */
const NULL_DEVICE = '/dev/null'

/** Files may be read; changing one is refused, because every replica would do it (determinizer.md A6). */
export function installFileRefusals({ internals, operations }: EdgeTerms): void {
  const binding = internals.binding('fs')
  const refuse = (name: string, isRefused: (first: unknown, second: unknown) => boolean): void => {
    const real = binding[name] as NativeFunction
    binding[name] = (first: unknown, second: unknown, ...rest: unknown[]): unknown => {
      if (operations.inside && isRefused(first, second)) {
        throw refusal('LLFT_E_REFUSED_FILE_WRITE', `fs.${name}(${typeof first === 'string' ? `'${first}'` : ''})`)
      }
      return real(first, second, ...rest)
    }
  }
  for (const name of CHANGES) refuse(name, () => true)
  const opensForWriting = (path: unknown, flags: unknown): boolean =>
    (Number(flags) & WRITING) !== 0 && String(path) !== NULL_DEVICE
  refuse('open', opensForWriting)
  refuse('openFileHandle', opensForWriting)
  refuse('writeFileUtf8', (target) => !isOutputFd(target) && String(target) !== NULL_DEVICE)
}
