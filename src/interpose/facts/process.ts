import type { Handles } from '../handles.js'
import type { Internals } from '../internals.js'
import type { Operations } from '../operations.js'
import { replaceFunction } from '../replace.js'
import { recordCall, recordedNumber, recordFields, recordPlain } from './recorded.js'

/** What only LLFT itself has open: its sockets. */
const OWN_RESOURCES: ReadonlySet<string> = new Set(['UDPWrap', 'UDPSendWrap'])

/** Parts of `process` that Node's types do not have, or not in every version. */
interface Process {
  constrainedMemory: () => number
  availableMemory: () => number
  threadCpuUsage?: (previous?: NodeJS.CpuUsage) => NodeJS.CpuUsage
  _getActiveHandles: () => unknown[]
  _getActiveRequests: () => unknown[]
  getActiveResourcesInfo: () => string[]
}

export function installProcessFacts(internals: Internals, operations: Operations, handles: Handles): void {
  const { memoryUsage, resourceUsage } = process
  const { rss } = memoryUsage
  const memoryNames = Object.keys(memoryUsage())
  const resourceNames = Object.keys(resourceUsage())
  replaceFunction(process, 'memoryUsage', () => recordFields(operations, memoryNames, memoryUsage))
  process.memoryUsage.rss = rss
  replaceFunction(process.memoryUsage, 'rss', recordedNumber(operations, rss))
  replaceFunction(process, 'resourceUsage', () => recordFields(operations, resourceNames, resourceUsage))
  const more = process as unknown as Process
  replaceFunction(process, 'cpuUsage', usage(operations, process.cpuUsage))
  if (more.threadCpuUsage !== undefined) {
    replaceFunction(more, 'threadCpuUsage', usage(operations, more.threadCpuUsage))
  }
  replaceFunction(more, 'constrainedMemory', recordedNumber(operations, more.constrainedMemory))
  replaceFunction(more, 'availableMemory', recordedNumber(operations, more.availableMemory))
  installActive(operations, more, handles)
  recordCall(operations, internals.binding<object>('report'), { name: 'getReport' })
}

type Usage = (previous?: NodeJS.CpuUsage) => NodeJS.CpuUsage

function usage(operations: Operations, real: Usage): Usage {
  return (previous) => {
    // Node's own checks of the argument, for their errors.
    if (previous !== undefined) real(previous)
    const used = recordFields(operations, ['user', 'system'], real)
    return previous ? { user: used.user - previous.user, system: used.system - previous.system } : used
  }
}

/** What keeps the process alive: the program's handles are ours; which requests are under way differs by the moment. */
function installActive(operations: Operations, owner: Process, handles: Handles): void {
  const { getActiveResourcesInfo } = owner
  replaceFunction(owner, '_getActiveHandles', () => [...handles.owners])
  replaceFunction(owner, '_getActiveRequests', () => [])
  replaceFunction(owner, 'getActiveResourcesInfo', () => {
    const native = recordPlain(operations, getActiveResourcesInfo) as readonly string[]
    return [...native.filter((name) => !OWN_RESOURCES.has(name)), ...handles.resourceNames]
  })
}
