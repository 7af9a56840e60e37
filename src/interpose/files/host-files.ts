import { HOST_BODY_BYTES_MAX } from '../../driver/index.js'
import type { StreamId } from '../../message/index.js'
import type { Answered } from '../host/host.js'
import { lostAnswer } from '../host/host.js'
import { type Outcome, outcomeOf, valueOf } from '../outcome.js'
import { refusal } from '../refusal.js'
import type { HostFile } from './descriptors.js'
import { failure, type FileTerms, type Place } from './file-terms.js'
import { absolute, asAsked, forHost, type Path, textOf } from './paths.js'
import type { Request } from './requests.js'

/** What the system does with a file that is open: it names no path when it fails. */
const PATHLESS: ReadonlySet<string> = new Set(['close', 'fstat', 'read', 'write'])

/** A call that the console makes; `value` is what the program gets. */
export interface HostCall {
  readonly call: string
  readonly args: readonly unknown[]
  readonly body?: Uint8Array
  /** The file that it is about, if one is open. */
  readonly file?: StreamId
  /** The paths in an error, as the program gave them. */
  readonly place?: Omit<Place, 'syscall'>
  readonly value?: (answer: Answered) => unknown
}

/** What changes files is done by the console, once, and in the order in which the program does it. */
export class HostFiles {
  readonly #terms: FileTerms

  constructor(terms: FileTerms) {
    this.#terms = terms
  }

  make({ call, args, body, file, place = {}, value = () => undefined }: HostCall, request: Request): unknown {
    const { host, requests } = this.#terms
    const outcome = (answer: Answered): Outcome<unknown> => {
      const error = this.#errorOf(answer, place)
      return error === undefined ? outcomeOf(() => value(answer)) : { error }
    }
    const lost = file !== undefined && host.isLost(file) ? answerForLost(call) : undefined
    if (request !== 'sync') {
      return requests.settleLater(request, (settle) => {
        const take = (answer: Answered): void => settle(outcome(answer))
        if (lost === undefined) host.later({ call, args }, body, take)
        else host.answerLater(lost, take)
      })
    }
    return valueOf(outcome(lost ?? host.now({ call, args }, body)))
  }

  open(path: Path, [flags, mode]: readonly [number, number], request: Request): unknown {
    const { host, descriptors } = this.#terms
    const name = `fs.open('${textOf(path)}')`
    const file: HostFile = { kind: 'host', file: host.next }
    const value = (answer: Answered): number => {
      if (answer.value === 'pipe') throw refusal('LLFT_E_REFUSED_PIPE', name)
      return descriptors.add(file)
    }
    return this.make(
      { call: 'open', args: [forHost(absolute(path)), flags, mode], place: { path: textOf(path) }, value },
      request,
    )
  }

  close(descriptor: number, { file }: HostFile, request: Request): unknown {
    this.#terms.descriptors.delete(descriptor)
    return this.make({ call: 'close', args: [file], file }, request)
  }

  write({ file }: HostFile, body: Uint8Array, at: { position: unknown; request: Request }): unknown {
    const value = ({ value: written }: Answered): unknown => written
    return this.make({ call: 'write', args: [file, at.position], file, body, value }, at.request)
  }

  /** `take` is given what was read; its result is the program's. */
  read(
    { file }: HostFile,
    { length, position, take }: { length: number; position: number | undefined; take: (bytes: Uint8Array) => unknown },
    request: Request,
  ): unknown {
    if (request !== 'sync') {
      const value = ({ body }: Answered): unknown => take(body)
      return this.make({ call: 'read', args: [file, length, position ?? null], file, value }, request)
    }
    const parts: Uint8Array[] = []
    let count = 0
    for (;;) {
      const wanted = Math.min(length - count, HOST_BODY_BYTES_MAX)
      const from = position === undefined ? null : position + count
      const value = ({ body }: Answered): Uint8Array => body
      const part = this.make({ call: 'read', args: [file, wanted, from], file, value }, 'sync') as Uint8Array
      parts.push(part)
      count += part.length
      if (part.length < wanted || count === length) return take(Buffer.concat(parts))
    }
  }

  /** Waits for what comes next on the program's standard input; nothing, when it has ended. */
  readInput(length: number, take: (bytes: Uint8Array) => unknown, request: Request): unknown {
    const args = [Math.min(length, HOST_BODY_BYTES_MAX)]
    return this.make({ call: 'readInput', args, value: ({ body }) => take(body) }, request)
  }

  stat({ file }: HostFile, isBig: boolean, request: Request): unknown {
    const value = (answer: Answered): Float64Array | BigInt64Array => {
      const fields = answer.value as readonly string[]
      return isBig ? BigInt64Array.from(fields, BigInt) : Float64Array.from(fields, Number)
    }
    return this.make({ call: 'fstat', args: [file], file, value }, request)
  }

  /** Something that the console has made at a path, as the program's own path names it. */
  made(path: Path, encoding: unknown): (answer: Answered) => unknown {
    return ({ value }) => {
      if (typeof value !== 'string') return undefined
      const made = asAsked(value, path)
      return encoding === 'buffer' ? Buffer.from(made) : made
    }
  }

  #errorOf({ errno, syscall, failed }: Answered, place: Omit<Place, 'syscall'>): Error | undefined {
    if (errno !== undefined && syscall !== undefined) {
      return failure(this.#terms, errno, { syscall, ...(PATHLESS.has(syscall) ? {} : place) })
    }
    if (failed === undefined) return undefined
    return Object.assign(new Error(failed.message), { code: failed.code })
  }
}

/** A file that was lost with its console can still be closed, as after any other error. */
function answerForLost(call: string): Answered {
  return call === 'close' ? { body: new Uint8Array(0) } : lostAnswer(call)
}
