import { readFileSync } from 'node:fs'

/** What a main thread has had of a processor, in all. */
export interface ProcessorTime {
  readonly ranMs: number
  /** It was ready to run, and another ran. */
  readonly waitedMs: number
}

/** Of the main thread of a process; nothing where the kernel does not tell. */
export function processorTimeOf(pid: number | undefined): ProcessorTime {
  try {
    const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number)
    return { ranMs: ran / 1e6, waitedMs: waited / 1e6 }
  } catch {
    return { ranMs: 0, waitedMs: 0 }
  }
}
