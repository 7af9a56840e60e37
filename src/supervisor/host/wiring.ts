import { closeSync, openSync } from 'node:fs'
import type { StdioOptions } from 'node:child_process'
import type { ChildWiring } from '../../driver/index.js'
import { pathOf } from './file-values.js'
import type { OpenFiles } from './open-files.js'

/** How a child is to be wired, as `spawn` takes it. */
export interface Wired {
  readonly stdio: Exclude<StdioOptions, string>
  /** Descriptors of the child that lead to the program's standard output or error. */
  readonly printed: ReadonlyMap<number, 1 | 2>
  /** Descriptors of the child that lead to the program itself. */
  readonly piped: readonly number[]
  /** Closes what was opened for the child alone. */
  release(): void
}

export function wire(wirings: readonly ChildWiring[], files: OpenFiles): Wired {
  const opened: number[] = []
  const printed = new Map<number, 1 | 2>()
  const piped: number[] = []
  const stdio = wirings.map((wiring, fd) => {
    if (wiring.to === 'ignore') return 'ignore' as const
    if (wiring.to === 'file') return files.descriptor(wiring.file)
    if (wiring.to === 'path') {
      const descriptor = openSync(pathOf(wiring.path), 'r')
      opened.push(descriptor)
      return descriptor
    }
    if (wiring.to === 'standard' && wiring.fd === 0) return 'inherit' as const
    if (wiring.to === 'standard') printed.set(fd, wiring.fd === 1 ? 1 : 2)
    else piped.push(fd)
    return 'pipe' as const
  })
  return { stdio, printed, piped, release: () => opened.forEach((descriptor) => closeSync(descriptor)) }
}
