import type { Binding, NativeClass } from '../edge-internals.js'
import { type Asked, noteAsked } from './asked.js'
import { ProgramFileHandle } from './file-handle.js'
import type { FileFunction, FileTerms } from './file-terms.js'
import type { Path } from './paths.js'
import type { FsRequest } from './requests.js'
import { viewOf } from './views.js'
import type { WholeFiles } from './whole-files.js'

const MODE = 0o666
const TYPE_MASK = 0o170000
const REGULAR = 0o100000
/** Places in the array that `fstat` fills. */
const FIELD = { mode: 1, size: 8 } as const

/** A job of the thread pool that reads or writes a whole file in one go: in Node 26. */
interface Job {
  ondone?: (error: unknown, ...result: readonly unknown[]) => void
}

type JobClass = (new (...given: readonly unknown[]) => Job) & { readonly prototype: { run(path: Path): unknown } }

export interface WholeJobTerms {
  readonly files: FileTerms
  readonly binding: Binding
  readonly functions: Readonly<Record<string, FileFunction>>
  readonly whole: WholeFiles
}

/**
 * What such a job does is done by the functions that are ordered. `fs/promises` looks the classes up; `fs` has them
 * already, so that only their `run` can be replaced, which is not told all.
 */
export function installWholeJobs(terms: WholeJobTerms): void {
  const { files, binding } = terms
  const [Reading, Writing] = [binding['ReadFileJob'], binding['WriteFileJob']] as (JobClass | undefined)[]
  if (Reading === undefined || Writing === undefined) return
  const jobs = new WholeJobs(terms)
  const asked = noteAsked(files.internals)
  replaceRun(files, Reading, (job, path) => jobs.read(job, path, asked().flags))
  replaceRun(files, Writing, (job, path) => jobs.write(job, path, asked()))
  replaceClass(terms, 'ReadFileJob', (job, [path, flags]) => jobs.read(job, path as Path, flags as number))
  replaceClass(terms, 'WriteFileJob', (job, [path, flags, mode, data]) => {
    jobs.write(job, path as Path, { flags, mode, data } as Asked)
  })
  const Handle = binding['FileHandle'] as NativeClass
  binding['FileHandle'] = function (fd: number): object {
    return files.operations.inside ? new ProgramFileHandle(files, terms.functions, fd) : new Handle(fd)
  }
}

function replaceRun({ operations }: FileTerms, { prototype }: JobClass, start: (job: Job, path: Path) => void): void {
  const { run } = prototype
  prototype.run = function (this: Job, path: Path): unknown {
    if (!operations.inside) return run.call(this, path)
    start(this, path)
    return undefined
  }
}

function replaceClass(
  { files, binding }: WholeJobTerms,
  name: 'ReadFileJob' | 'WriteFileJob',
  start: (job: Job, given: readonly unknown[]) => void,
): void {
  const Real = binding[name] as NativeClass
  binding[name] = function (...given: readonly unknown[]): object {
    if (!files.operations.inside) return new Real(...given)
    const job: Job & { run(): void } = { run: () => start(job, given) }
    return job
  }
}

class WholeJobs {
  readonly #terms: WholeJobTerms

  constructor(terms: WholeJobTerms) {
    this.#terms = terms
  }

  write(job: Job, path: Path, { flags, mode, data }: Asked): void {
    const request = this.#request((error) => job.ondone?.(error))
    this.#terms.whole.write(path, viewOf(data), { flags, mode, request })
  }

  /** Opens the file and looks how large it is; whoever asked for it goes on as with one that is too large for a job. */
  read(job: Job, path: Path, flags: number): void {
    const opened = this.#request((error, descriptor) => {
      if (error === null) this.#measure(job, descriptor as number)
      else job.ondone?.(error)
    })
    this.#call('open', [path, flags, MODE, opened])
  }

  #measure(job: Job, descriptor: number): void {
    const measured = this.#request((error, stats) => {
      if (error === null) {
        const [mode, size] = [FIELD.mode, FIELD.size].map((field) => (stats as Float64Array)[field] as number)
        job.ondone?.(null, undefined, descriptor, ((mode as number) & TYPE_MASK) === REGULAR ? size : 0)
        return
      }
      const closed = this.#request(() => job.ondone?.(error))
      this.#call('close', [descriptor, closed])
    })
    this.#call('fstat', [descriptor, false, measured])
  }

  #request(oncomplete: FsRequest['oncomplete']): FsRequest {
    const Request = this.#terms.binding['FSReqCallback'] as new () => FsRequest
    return Object.assign(new Request(), { oncomplete })
  }

  #call(name: string, args: readonly unknown[]): void {
    this.#terms.functions[name]?.(args)
  }
}
