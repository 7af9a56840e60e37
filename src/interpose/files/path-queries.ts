import { dirname } from 'node:path'
import type { NativeFunction } from '../edge-internals.js'
import { type Plain, valueOf } from '../outcome.js'
import { type FileFunction, type FileTerms, recordResult } from './file-terms.js'
import { calledByLoader } from './loader.js'

/** Functions that tell something about a path, with the place of their request. */
const QUERIES: Readonly<Record<string, number>> = {
  access: 2,
  existsSync: 1,
  lstat: 2,
  readdir: 3,
  readdirRecursive: 3,
  readlink: 2,
  realpath: 2,
  stat: 2,
  statfs: 2,
}

/** What a synchronous call has from the request on, where an asynchronous one has nothing: no entry is an error. */
const SYNC_END: Readonly<Record<string, readonly unknown[]>> = { stat: [undefined, true], lstat: [undefined, true] }

export const PATH_QUERIES: readonly string[] = Object.keys(QUERIES)

/**
 * What the primary is told about a path, every replica is told. Node's loader resolves links with `lstat`, and keeps
 * what it learns to itself.
 */
export function pathQuery(terms: FileTerms, name: string): FileFunction {
  const call = terms.real[name] as NativeFunction
  const at = QUERIES[name] as number
  return (args) => {
    const request = terms.requests.kindOf(args[at])
    if (name === 'lstat' && request === 'sync' && args[1] === true && calledByLoader()) return call(...args)
    const syncArgs = request === 'sync' ? args : [...args.slice(0, at), ...(SYNC_END[name] ?? [])]
    return terms.requests.perform(request, {
      atOnce: () => call(...syncArgs),
      start: (native) => call(...args.slice(0, at), native, ...args.slice(at + 1)),
      record: (produce) => recordResult(terms, () => ({ value: produce() as Plain }), { name: `fs.${name}` }),
    })
  }
}

/** Folders remembered as listed; a program that lists more is asked nothing less precise, only slower. */
const LISTED_MAX = 10_000

/**
 * `internalModuleStat` tells Node's loader what there is, thousands of times, and is the same wherever the code is; it
 * also tells `readdir`, which goes through folders recursively, and that must be the primary's.
 */
export class ModuleStat {
  readonly #terms: FileTerms
  readonly #listed = new Set<string>()

  constructor(terms: FileTerms) {
    this.#terms = terms
  }

  /** The program has listed this folder. */
  readonly note = (folder: unknown): void => {
    if (typeof folder === 'string' && this.#listed.size < LISTED_MAX) this.#listed.add(folder.replace(/\/+$/, ''))
  }

  readonly ask: FileFunction = (args) => {
    const call = this.#terms.real['internalModuleStat'] as NativeFunction
    const path = args.at(-1)
    const isKnown = this.#listed.size >= LISTED_MAX || this.#listed.has(dirname(String(path)))
    if (this.#listed.size === 0 || !isKnown) return call(...args)
    return valueOf(recordResult(this.#terms, () => ({ value: call(...args) as Plain }), { name: String(path) }))
  }
}
