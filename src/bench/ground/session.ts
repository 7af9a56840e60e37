import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Protocol } from '../../load/index.js'
import type { Skipped, SystemFacts } from '../results.js'
import type { BenchPaths, System, SystemKind } from '../systems/system.js'
import { Processes } from './processes.js'

/** A file system in memory, where Linux has one. */
const MEMORY = '/dev/shm'
/** More at once would only wait for each other's processor time. */
const STARTING_AT_ONCE = 3

/** A system that runs, and what runs it. */
export interface Subject {
  readonly kind: SystemKind
  readonly system: System
  readonly processes: Processes
}

export interface SessionTerms {
  readonly paths: BenchPaths
  readonly protocol: Protocol
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/** One run of the suite: what it has started and laid down goes when it is closed. */
export class Session {
  readonly signal: AbortSignal
  readonly protocol: Protocol
  readonly progress: (text: string) => void
  readonly #paths: BenchPaths
  readonly #folders: readonly string[]
  readonly #all: Processes[] = []
  readonly #skipped: Skipped[] = []
  readonly #facts: SystemFacts[] = []

  constructor({ paths, protocol, signal, progress }: SessionTerms) {
    this.#paths = paths
    this.protocol = protocol
    this.signal = signal
    this.progress = progress
    this.#folders = [tmpdir(), MEMORY].map(makeFolder)
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped
  }

  get facts(): readonly SystemFacts[] {
    return this.#facts
  }

  skip(name: string, reason: string): void {
    if (this.#skipped.some((other) => other.name === name && other.reason === reason)) return
    this.#skipped.push({ name, reason })
    this.progress(`skipped ${name}: ${reason}`)
  }

  /** Those that could be started, in the order given. */
  async start(kinds: readonly SystemKind[]): Promise<readonly Subject[]> {
    const subjects: (Subject | undefined)[] = []
    for (let at = 0; at < kinds.length; at += STARTING_AT_ONCE) {
      const some = kinds.slice(at, at + STARTING_AT_ONCE)
      this.progress(`starting ${some.map(({ name }) => name).join(', ')}`)
      subjects.push(...(await Promise.all(some.map((kind) => this.#start(kind)))))
    }
    return subjects.filter((subject) => subject !== undefined)
  }

  async stop(subjects: readonly Subject[]): Promise<void> {
    await Promise.all(subjects.map(({ processes }) => processes.close()))
  }

  /** Also after a failure; nothing is left. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((processes) => processes.close()))
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }

  async #start(kind: SystemKind): Promise<Subject | undefined> {
    const absent = kind.absent()
    if (absent !== undefined) {
      this.skip(kind.name, absent)
      return undefined
    }
    const processes = new Processes()
    this.#all.push(processes)
    try {
      const system = await kind.start({ processes, ...this.#own(kind.name), ...this.#ground() })
      const { name, title, settings } = kind
      if (!this.#facts.some((facts) => facts.name === name)) this.#facts.push({ name, title, settings })
      return { kind, system, processes }
    } catch (error) {
      await processes.close()
      this.signal.throwIfAborted()
      this.skip(kind.name, `did not start: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  #ground(): { readonly paths: BenchPaths; readonly protocol: Protocol; readonly signal: AbortSignal } {
    return { paths: this.#paths, protocol: this.protocol, signal: this.signal }
  }

  #own(name: string): { readonly folder: string; readonly memoryFolder: string } {
    const [folder = '', memoryFolder = folder] = this.#folders.map((parent) => {
      const own = join(parent, `${name}-${this.#all.length}`)
      mkdirSync(own, { recursive: true })
      return own
    })
    return { folder, memoryFolder }
  }
}

function makeFolder(parent: string): string {
  const folder = mkdtempSync(join(existsSync(parent) ? parent : tmpdir(), 'llft-bench-'))
  // A peer that runs as another user passes through to what is its own.
  chmodSync(folder, 0o711)
  return folder
}
