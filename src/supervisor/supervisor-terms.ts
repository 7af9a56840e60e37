import type { Readable } from 'node:stream'
import type { RunOptions } from '../config/index.js'
import type { Clock, Entropy, TestFaults, Transport } from '../driver/index.js'
import type { Epoch } from '../message/index.js'
import type { OpenConsole } from './console-application.js'
import type { GatewayProcess } from './gateway-process.js'
import type { LeaseKeeper } from './lease/lease-keeper.js'
import type { Notice } from './notice.js'
import type { OutputPump } from './output-pump.js'
import type { Replicas, ReplicasMaker } from './replicas.js'
import type { TransportChoice } from './transport-choice.js'

export interface Predecessor {
  readonly process: () => GatewayProcess | undefined
  readonly replicas: Replicas
}

export interface SupervisorTerms {
  readonly options: RunOptions
  /** From 1 on. */
  readonly generation: number
  /** The generation that serves meanwhile, by its gateway's process, which both share (ADR 55). */
  readonly predecessor?: Predecessor | undefined
  readonly replicas: ReplicasMaker
  readonly paths: { readonly gateway: string }
  /** Own IPv4 address that datagrams of gateway and console come to. */
  readonly address: string
  /** So many replicas found it; undefined: as many as are wanted. */
  readonly founders?: number | undefined
  /** How long all may take to have their places; undefined: other hosts come when they come. */
  readonly foundMs: number | undefined
  /** Undefined where all replicas are on this host. */
  readonly hostSilenceMs: number | undefined
  /** Undefined where nothing is fenced. */
  readonly lease: LeaseKeeper | undefined
  readonly clock: Clock
  readonly entropy: Entropy
  /** The console's. */
  readonly transport: Transport
  /** The folder where history is laid away. */
  readonly journal: string | undefined
  readonly chooseTransport: (epoch: Epoch) => Promise<TransportChoice>
  readonly openConsole: OpenConsole
  /** Where the program's output goes. */
  readonly output: { readonly stdout: OutputPump; readonly stderr: OutputPump }
  /** The program's standard input. */
  readonly openInput: () => Readable
  /** By slot, `gateway`, `console`, or `*` for every replica; set by tests only. */
  readonly faults: Readonly<Record<string, TestFaults>>
  readonly notice: (notice: Notice) => void
}
