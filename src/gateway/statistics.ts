import type { GatewayStatistics } from './control.js'

/** What is counted of all connections of the process; the datagrams are read where they are known. */
export type Counters = {
  -readonly [Name in Exclude<keyof GatewayStatistics, `datagrams${string}`>]: number
}

export function makeCounters(): Counters {
  return {
    streams: 0,
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
