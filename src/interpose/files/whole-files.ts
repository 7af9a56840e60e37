import { EMPTY } from '../../base/index.js'
import type { NativeFunction } from '../edge-internals.js'
import { valueOf } from '../outcome.js'
import { print } from '../output.js'
import { textBytes } from '../write-chunks.js'
import { type FileFunction, type FileTerms, recordResult } from './file-terms.js'
import type { HostFiles } from './host-files.js'
import { isLoading } from './loader.js'
import type { LocalFiles } from './local-files.js'
import { absolute, forHost, NULL_DEVICE, type Path, textOf } from './paths.js'
import type { Request } from './requests.js'
import { standardStream } from './standard-streams.js'

/** How a file is opened to be written as a whole. */
export interface Writing {
  readonly flags: number
  readonly mode: number
  readonly request: Request
}

/** Functions that read or write a whole file of text at once; a file is a path, or a descriptor. */
export class WholeFiles {
  readonly #terms: FileTerms
  readonly #local: LocalFiles
  readonly #host: HostFiles

  constructor(terms: FileTerms, local: LocalFiles, host: HostFiles) {
    this.#terms = terms
    this.#local = local
    this.#host = host
  }

  read(target: Path | number, flags: number, functions: Readonly<Record<string, FileFunction>>): string {
    if (typeof target === 'number') return this.#readOpen(target, functions)
    if (standardStream(target)?.kind === 'input') return this.#readInput()
    const { real, freshness, operations } = this.#terms
    const read = real['readFileUtf8'] as NativeFunction
    const isCode = isLoading(target)
    const outcome = recordResult(
      this.#terms,
      () => {
        // A backup may not have got to the program's folder; the primary's path is what an error shows.
        const path = operations.live ? target : absolute(target)
        return { content: textBytes(read(path, flags) as string, 'utf8') }
      },
      { name: textOf(target), write: () => freshness.ofPath(target, isCode) },
    )
    return Buffer.from(valueOf(outcome) as Uint8Array).toString()
  }

  /** All of `bytes` goes to a path. */
  write(target: Path, bytes: Uint8Array, { flags, mode, request }: Writing): unknown {
    const { requests, operations } = this.#terms
    const stream = standardStream(target)
    if (stream?.kind === 'output') print(operations, stream.fd, bytes)
    else if (target !== NULL_DEVICE) {
      const args = [forHost(absolute(target)), flags, mode]
      return this.#host.make({ call: 'writeFile', args, body: bytes, place: { path: textOf(target) } }, request)
    }
    return requests.succeed(request)
  }

  #readOpen(descriptor: number, functions: Readonly<Record<string, FileFunction>>): string {
    const file = this.#terms.descriptors.get(descriptor)
    // For the error.
    if (file === undefined) functions['read']?.([descriptor, EMPTY, 0, 0, -1])
    if (file?.kind === 'local') return Buffer.from(this.#local.readRest(file)).toString()
    if (file?.kind === 'input') return this.#readInput()
    if (file?.kind !== 'host') return ''
    const all = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
    return this.#host.read(file, { length: Infinity, position: undefined, take: all }, 'sync') as string
  }

  /** All that comes until it ends. */
  #readInput(): string {
    const parts: Uint8Array[] = []
    const take = (bytes: Uint8Array): number => parts.push(bytes) && bytes.length
    while (this.#host.readInput(Infinity, take, 'sync') !== 0);
    return Buffer.concat(parts).toString()
  }
}
