import type { NativeClass, NativeFunction } from '../edge-internals.js'
import type { Plain } from '../outcome.js'
import { type FileFunction, type FileTerms, recordResult } from './file-terms.js'
import type { HostCall, HostFiles } from './host-files.js'
import { absolute, forHost, type Path, textOf } from './paths.js'

type Copied = readonly [from: Path, to: Path]

/** Functions of newer Nodes that copy or remove all that is in a folder: the console does it, in one call. */
export function treeFunctions(terms: FileTerms, host: HostFiles): Readonly<Record<string, FileFunction>> {
  const check = terms.real['cpSyncCheckPaths'] as NativeFunction
  return {
    rmSync: ([path, maxRetries, recursive, retryDelay]) => {
      const options = { maxRetries, recursive, retryDelay, force: true }
      const args = [forHost(absolute(path as Path)), options]
      return host.make({ call: 'rm', args, place: { path: textOf(path as Path) } }, 'sync')
    },
    // Makes the folder above `to`, if there is none: which may be done twice.
    cpSyncCheckPaths: (args) => {
      const outcome = recordResult(terms, () => ({ value: check(...args) as Plain }), { name: 'fs.cpSync()' })
      if (outcome.error !== undefined) throw outcome.error
    },
    cpSyncOverrideFile: ([from, to, mode, preserveTimestamps]) =>
      host.make(copy([from as Path, to as Path], { mode, preserveTimestamps }), 'sync'),
    cpSyncCopyDir: ([from, to, ...given]) => host.make(copyTree([from as Path, to as Path], given), 'sync'),
  }
}

/** `CpDirJob`: the same as `cpSyncCopyDir`, later. */
export function treeJob({ operations }: FileTerms, Real: NativeClass, host: HostFiles): NativeFunction {
  return function (...given: readonly unknown[]): object {
    return operations.inside ? new TreeJob(host, given) : new Real(...given)
  }
}

class TreeJob {
  ondone: ((error?: unknown) => void) | undefined
  readonly #host: HostFiles
  readonly #call: HostCall

  constructor(host: HostFiles, given: readonly unknown[]) {
    const [from, to, ...options] = given
    this.#host = host
    this.#call = copyTree([from as Path, to as Path], options)
  }

  run(): void {
    const copied = this.#host.make(this.#call, 'promise') as Promise<unknown>
    void copied.then(
      () => this.ondone?.(),
      (error: unknown) => this.ondone?.(error),
    )
  }
}

function copyTree(paths: Copied, given: readonly unknown[]): HostCall {
  const [force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps, mode = 0] = given
  const options = { recursive: true, force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps, mode }
  return copy(paths, options)
}

function copy([from, to]: Copied, options: object): HostCall {
  const args = [forHost(absolute(from)), forHost(absolute(to)), options]
  return { call: 'cp', args, place: { path: textOf(from), dest: textOf(to) } }
}
