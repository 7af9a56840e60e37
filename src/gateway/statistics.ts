import type { GatewayStatistics } from './control.js'

/** What the gateway counts by itself; `streams` and the datagrams are read where they are known. */
export type Counters = {
  -readonly [Name in Exclude<keyof GatewayStatistics, 'streams' | `datagrams${string}`>]: number
}

export function makeCounters(): Counters {
  return {
    opened: 0,
    bytesIn: 0,
    bytesOut: 0,
    clientResets: 0,
    programResets: 0,
    refused: 0,
    handshakesFailed: 0,
    connected: 0,
  }
}
