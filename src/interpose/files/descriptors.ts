import type { StreamId } from '../../message/index.js'
import type { OutputFd } from '../output.js'
import type { Path } from './paths.js'

/** Where plain Node's first descriptors lie, too: below are the standard streams and what Node itself has open. */
const FIRST_DESCRIPTOR = 20

/** A file that is open for reading: each replica that needs it has it open for itself. */
export interface LocalFile {
  readonly kind: 'local'
  /** Absolute. */
  readonly path: Path
  readonly flags: number
  /** Opened by Node's module loader: code is the same at every replica, or it is noticed. */
  readonly isCode: boolean
  /** The descriptor in this process; undefined while this replica has had no use for it. */
  real: number | undefined
  /** From where a read without a position goes on. */
  position: number
  /** A read without a position is under way; the next ones wait for it. */
  reading: boolean
  readonly waiting: (() => void)[]
}

/** A file that the program writes: the console has it open. */
export interface HostFile {
  readonly kind: 'host'
  readonly file: StreamId
}

/** Takes everything in. */
export interface NullDevice {
  readonly kind: 'null'
}

/** The program's standard input, which the console reads. */
export interface Input {
  readonly kind: 'input'
}

/** What the program prints. */
export interface Output {
  readonly kind: 'output'
  readonly fd: OutputFd
}

export type OpenFile = LocalFile | HostFile | NullDevice | Input | Output

/** The program's file descriptors: the same numbers at every replica. Bounded by the files that the program opens. */
export class Descriptors {
  readonly #open = new Map<number, OpenFile>([
    [0, { kind: 'input' }],
    [1, { kind: 'output', fd: 1 }],
    [2, { kind: 'output', fd: 2 }],
  ])

  add(file: OpenFile): number {
    let descriptor = FIRST_DESCRIPTOR
    while (this.#open.has(descriptor)) descriptor++
    this.#open.set(descriptor, file)
    return descriptor
  }

  get(descriptor: number): OpenFile | undefined {
    return this.#open.get(descriptor)
  }

  /** The standard streams stay open, whatever the program does. */
  delete(descriptor: number): void {
    if (descriptor >= FIRST_DESCRIPTOR) this.#open.delete(descriptor)
  }
}
