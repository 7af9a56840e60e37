import type { Handles } from '../handles.js'
import type { Internals } from '../internals.js'
import type { Operations } from '../operations.js'
import { installHeapFacts } from './heap.js'
import { installHostFacts, installIdentity, type Identity, type OsBinding } from './host.js'
import { installPerformanceFacts } from './performance.js'
import { installProcessFacts } from './process.js'

export interface FactTerms {
  readonly internals: Internals
  readonly operations: Operations
  readonly founding: Identity
  readonly handles: Handles
  readonly isOn: (hook: string) => boolean
}

/** What differs between two processes and hosts: constants of the group, or recorded when asked for. */
export function installFacts({ founding, internals, operations, handles, isOn }: FactTerms): void {
  const os = internals.binding<OsBinding>('os')
  if (isOn('identity')) installIdentity(os, founding)
  if (!isOn('facts')) return
  installProcessFacts(internals, operations, handles)
  installHostFacts(os, operations)
  installHeapFacts(internals, operations)
  installPerformanceFacts({ internals, operations })
}
