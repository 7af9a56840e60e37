import { outcomeOf } from '../process-end.js'
import type { ProcessEnd } from '../process-end.js'
import type { ReplicaHandle } from '../replicas.js'
import type { Endpoint } from '../endpoint.js'

/** A replica's process on another host: what its host last said of it, and what it is wanted to do. */
export class RemoteProcess implements ReplicaHandle {
  readonly pid: number
  readonly host: Endpoint
  /** It is none of this host. */
  readonly localPid = undefined
  /** Its own host sees to wrappers. */
  readonly direct = true
  end: ProcessEnd | undefined
  evidence = ''
  reachable = true
  /** Its host says nothing any more, since so long. */
  quietMs = 0
  /** What the host is to be told. */
  wanted: 'nothing' | 'kill' | 'destroy' = 'nothing'
  readonly #changed: () => void

  constructor(pid: number, host: Endpoint, changed: () => void) {
    this.pid = pid
    this.host = host
    this.#changed = changed
  }

  get outcome(): string {
    if (this.quietMs > 0) return `and its host ${this.host.address} say nothing any more`
    return this.end === undefined ? 'ended' : outcomeOf(this.end)
  }

  /** A signal other than SIGKILL is never sent to a replica from afar. */
  kill(): void {
    if (this.wanted === 'nothing') this.wanted = 'kill'
    this.#changed()
  }

  destroy(): void {
    this.wanted = 'destroy'
    this.#changed()
  }
}
