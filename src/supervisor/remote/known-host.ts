import type { MemberId } from '../../message/index.js'
import type { Endpoint } from '../endpoint.js'
import type { ReplicaRecord } from '../replica-table.js'
import type { StartTerms } from '../replicas.js'
import type { RemoteProcess } from './remote-process.js'
import type { HostOrder } from './words.js'

/** A replica on another host. */
export type RemoteRecord = ReplicaRecord<RemoteProcess>

/** A host, as the gateway knows it. */
export interface KnownHost {
  readonly endpoint: Endpoint
  speaker: number
  sequence: number
  heardMs: number
  answers: number
  replica: RemoteRecord | undefined
  start: StartTerms | undefined
  over: HostOrder['over']
  /** It knows that this generation is the group. */
  knows: boolean
  /** It runs a replica that an earlier gateway has started: it is not this one's to give orders. */
  foreign: boolean
  /** It listens to another gateway. */
  elsewhere: boolean
  /** It runs a replica that was given up: that is to end. */
  stale: MemberId | undefined
}

/** One that has said nothing yet. */
export function unheard(endpoint: Endpoint): KnownHost {
  return {
    endpoint,
    speaker: 0,
    sequence: 0,
    heardMs: 0,
    answers: 0,
    replica: undefined,
    start: undefined,
    over: null,
    knows: false,
    foreign: false,
    elsewhere: false,
    stale: undefined,
  }
}

export function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`
}
