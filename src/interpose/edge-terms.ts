import type { EdgeInternals } from './edge-internals.js'
import type { Descriptors } from './files/descriptors.js'
import type { Handles } from './handles.js'
import type { HttpMessages } from './http-messages.js'
import type { Host } from './host/host.js'
import type { Operations } from './operations.js'
import type { MainThread } from './shared-memory/main-thread.js'

/** What every facility at the edge is installed with. */
export interface EdgeTerms {
  readonly internals: EdgeInternals
  readonly operations: Operations
  readonly handles: Handles
  readonly host: Host
  readonly descriptors: Descriptors
  readonly messages: HttpMessages
  readonly threads: Pick<MainThread, 'order' | 'buffers'>
  /** When the group was founded; inside operations only. */
  readonly foundedMs: () => number
  /** When the running operation began, equal at every replica; inside operations only. */
  readonly operationMs: () => number
}

/** What does for facilities that refuse, or replace by nothing but JavaScript: a thread has them, too. */
export type CoreTerms = Pick<EdgeTerms, 'internals' | 'operations'>
