import type { Operations } from '../operations.js'
import { recordBuffer, recordCall, recordedNumber } from './recorded.js'

/** What the program sees as its process id, parent's id and host name. */
export interface Identity {
  readonly pid: number
  readonly ppid: number
  readonly hostname: string
}

export interface OsBinding {
  getHostname: () => string
  getLoadAvg(values: Float64Array): void
  getTotalMem(): number
  getFreeMem(): number
  getAvailableParallelism(): number
  getCPUs(context?: object): unknown
  setPriority(pid: number, priority: number, context: object): number
  getPriority(pid: number, context: object): number
}

/** The program's process has the number, and its host the name, that they had when the group was founded. */
export function installIdentity(os: OsBinding, { pid, ppid, hostname }: Identity): void {
  Object.defineProperty(process, 'pid', { ...Object.getOwnPropertyDescriptor(process, 'pid'), value: pid })
  Object.defineProperty(process, 'ppid', { get: () => ppid, enumerable: true, configurable: true })
  os.getHostname = () => hostname
  const { setPriority, getPriority } = os
  // Here, the number is another process's, or nobody's.
  const own = (asked: number): number => (asked === pid ? 0 : asked)
  os.setPriority = (asked, priority, context): number => setPriority(own(asked), priority, context)
  os.getPriority = (asked, context): number => getPriority(own(asked), context)
}

/** `os` copies these when it is loaded, which is after this. */
export function installHostFacts(os: OsBinding, operations: Operations): void {
  const { getLoadAvg } = os
  os.getLoadAvg = (values): void => recordBuffer(operations, values, () => getLoadAvg(values))
  for (const name of ['getTotalMem', 'getFreeMem', 'getAvailableParallelism'] as const) {
    os[name] = recordedNumber(operations, os[name])
  }
  recordCall(operations, os, { name: 'getUptime', context: 0 })
  recordCall(operations, os, { name: 'getPriority', context: 1 })
  recordCall(operations, os, { name: 'getCPUs' })
  recordCall(operations, os, { name: 'getInterfaceAddresses', context: 0 })
}
