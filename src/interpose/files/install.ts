import type { NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { ContentLog } from './content-log.js'
import { DESCRIPTOR_FUNCTIONS, DescriptorFunctions } from './descriptor-functions.js'
import { ProgramFileHandle } from './file-handle.js'
import { installEnvFile } from './env-file.js'
import type { FileFunction, FileTerms } from './file-terms.js'
import { openFolder } from './folders.js'
import { Freshness } from './freshness.js'
import { HostFiles } from './host-files.js'
import { LocalFiles } from './local-files.js'
import { PATH_CHANGES, pathChange } from './path-changes.js'
import { ModuleStat, PATH_QUERIES, pathQuery } from './path-queries.js'
import { NULL_DEVICE, type Path } from './paths.js'
import { Requests } from './requests.js'
import { standardStream } from './standard-streams.js'
import { treeFunctions, treeJob } from './trees.js'
import { installWatchers } from './watchers.js'
import { WholeFiles } from './whole-files.js'
import { installWholeJobs } from './whole-jobs.js'
import { textBytes } from '../write-chunks.js'

/**
 * Files (ADR 30): what the program learns of them is what the primary learns, what it changes is changed once, by the
 * console. Every function of the `fs` binding is replaced; Node's library looks them up at each call.
 */
export function installFiles(terms: EdgeTerms): void {
  const { internals, operations } = terms
  const binding = internals.binding('fs')
  const files = makeTerms(terms)
  const hostFiles = new HostFiles(files)
  const { functions, whole } = functionsOf(files, hostFiles)
  for (const [name, call] of Object.entries(functions)) {
    const real = files.real[name]
    if (real === undefined) continue
    const at = ERROR_TAKERS[name]
    binding[name] = (...args: unknown[]): unknown => {
      if (!operations.inside) return real(...args)
      const taker = at === undefined ? undefined : (args[at] as object | undefined)
      return taker === undefined ? call(args) : callWithTaker(() => call(args), taker)
    }
  }
  installWholeJobs({ files, binding, functions, whole })
  const TreeJob = binding['CpDirJob'] as NativeClass | undefined
  if (TreeJob !== undefined) binding['CpDirJob'] = treeJob(files, TreeJob, hostFiles)
  installWatchers(terms)
  installEnvFile(terms)
  const folders = internals.binding('fs_dir')
  const open = openFolder(files, folders['opendirSync'] as NativeFunction)
  for (const name of ['opendir', 'opendirSync'] as const) {
    const real = folders[name] as NativeFunction
    folders[name] = (...args: unknown[]): unknown => (operations.inside ? open(args) : real(...args))
  }
}

/** Instead of throwing, these put an error's details into an argument, of which Node's library makes its own error. */
const ERROR_TAKERS: Readonly<Record<string, number>> = { writeBuffer: 6, writeString: 5 }

function callWithTaker(call: () => unknown, taker: object): unknown {
  try {
    return call()
  } catch (error) {
    const { errno, syscall } = error as NodeJS.ErrnoException
    if (errno === undefined) throw error
    Object.assign(taker, { errno, syscall })
    return undefined
  }
}

function makeTerms({ internals, operations, host, descriptors, foundedMs }: EdgeTerms): FileTerms {
  const binding = internals.binding('fs')
  const real = Object.fromEntries(Object.entries(binding).filter(([, value]) => typeof value === 'function'))
  const { crc32 } = internals.binding('zlib') as { crc32: (bytes: Uint8Array, seed: number) => number }
  const { stat, fstat } = real as Record<string, NativeFunction>
  return {
    internals,
    operations,
    host,
    real: real as Readonly<Record<string, NativeFunction>>,
    usePromises: binding['kUsePromises'],
    log: new ContentLog({ operations, crc32 }),
    freshness: new Freshness({ stat: stat as NativeFunction, fstat: fstat as NativeFunction, foundedMs }),
    descriptors,
    requests: new Requests({ operations, asyncScope: internals.asyncScope, usePromises: binding['kUsePromises'] }),
  }
}

interface Replacements {
  readonly functions: Readonly<Record<string, FileFunction>>
  readonly whole: WholeFiles
}

function functionsOf(terms: FileTerms, host: HostFiles): Replacements {
  const { requests, descriptors, internals } = terms
  const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = internals.openFlags
  const writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND
  const local = new LocalFiles(terms)
  const onDescriptors = new DescriptorFunctions(terms, local, host)
  const functions: Record<string, FileFunction> = {}
  for (const name of PATH_QUERIES) functions[name] = pathQuery(terms, name)
  for (const name of PATH_CHANGES) functions[name] = pathChange(terms, host, name)
  for (const name of DESCRIPTOR_FUNCTIONS) functions[name] = onDescriptors.of(name)
  const open: FileFunction = ([path, flags, mode, given]) => {
    const request = requests.kindOf(given)
    const stream = standardStream(path)
    if (stream !== undefined) return requests.succeed(request, descriptors.add(stream))
    if (((flags as number) & writing) === 0) return local.open(path as Path, flags as number, request)
    if (path === NULL_DEVICE) return requests.succeed(request, descriptors.add({ kind: 'null' }))
    return host.open(path as Path, [flags as number, mode as number], request)
  }
  const whole = new WholeFiles(terms, local, host)
  const moduleStat = new ModuleStat(terms)
  const { readdir } = functions as Record<'readdir', FileFunction>
  Object.assign(functions, treeFunctions(terms, host), {
    open,
    readdir: (args) => {
      moduleStat.note(args[0])
      return readdir(args)
    },
    internalModuleStat: moduleStat.ask,
    openFileHandle: async (args) => new ProgramFileHandle(terms, functions, (await open(args)) as number),
    readFileUtf8: ([target, flags]) => whole.read(target as Path | number, flags as number, functions),
    writeFileUtf8: ([target, text, flags, mode]) => {
      if (typeof target === 'number') functions['writeString']?.([target, text, null, 'utf8'])
      else writeAtOnce(whole, target as Path, [text as string, flags as number, mode as number])
    },
  } satisfies Record<string, FileFunction>)
  return { functions, whole }
}

function writeAtOnce(
  whole: WholeFiles,
  target: Path,
  [text, flags, mode]: readonly [text: string, flags: number, mode: number],
): void {
  whole.write(target, textBytes(text, 'utf8'), { flags, mode, request: 'sync' })
}
