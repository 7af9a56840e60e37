import type { NativeFunction } from '../edge-internals.js'
import type { Outcome, Plain } from '../outcome.js'
import { type FileFunction, type FileTerms, recordResult } from './file-terms.js'
import { FOLDER_CLOSE_ARGS } from '../versions.js'
import type { FsRequest } from './requests.js'

type Entries = readonly [names: readonly unknown[], types: readonly number[]]

/**
 * `opendir`: the folder is listed when it is opened, because no replica that takes over could go on in the middle of
 * another one's listing.
 */
export function openFolder(terms: FileTerms, opendirSync: NativeFunction): FileFunction {
  const { requests } = terms
  const list = terms.real['readdir'] as NativeFunction
  return ([path, encoding, given]) => {
    const request = requests.kindOf(given)
    const openAtOnce = (): unknown => {
      // For its own error.
      const handle = opendirSync(path) as { close(...end: readonly unknown[]): void }
      handle.close(...FOLDER_CLOSE_ARGS)
      return list(path, encoding, true)
    }
    return requests.perform(request, {
      atOnce: openAtOnce,
      start: (native) => list(path, encoding, true, native),
      record: (produce): Outcome<unknown> => {
        const outcome = recordResult(terms, () => ({ value: produce() as Plain }), { name: 'fs.opendir' })
        if (outcome.error !== undefined) return { error: asOpening(outcome.error) }
        return { value: new Folder(terms, outcome.value as unknown as Entries) }
      },
    })
  }
}

/** The system says that it could not list; the program has asked to open. */
function asOpening(error: Error & { syscall?: string }): Error {
  error.message = error.message.replace(/, scandir/, ', opendir')
  error.syscall = 'opendir'
  return error
}

/** What `fs.Dir` has inside. */
class Folder {
  readonly #terms: FileTerms
  readonly #names: readonly unknown[]
  readonly #types: readonly number[]
  #at = 0

  constructor(terms: FileTerms, [names, types]: Entries) {
    this.#terms = terms
    this.#names = names
    this.#types = types
  }

  read(_encoding: unknown, count: number, request?: FsRequest): unknown {
    const { requests } = this.#terms
    const to = Math.min(this.#at + count, this.#names.length)
    const entries = this.#names.slice(this.#at, to).flatMap((name, at) => [name, this.#types[this.#at + at]])
    this.#at = to
    return requests.succeed(requests.kindOf(request), entries.length === 0 ? null : entries)
  }

  close(request?: FsRequest): unknown {
    const { requests } = this.#terms
    return requests.succeed(requests.kindOf(request))
  }
}
