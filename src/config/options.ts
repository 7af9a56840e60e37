import type { Address, ListenMapping } from './address.js'

/** `auto`: multicast where it was seen to work, else unicast. */
export const TRANSPORTS = ['unicast', 'multicast', 'auto'] as const
export type TransportName = (typeof TRANSPORTS)[number]

/** `acknowledged`: nothing is let out before every backup has it; primary and gateway may then die together. */
export const COMMIT_MODES = ['reflected', 'acknowledged'] as const
export type CommitName = (typeof COMMIT_MODES)[number]

/**
 * Nothing is let out but under a lease that one gateway of the group has at a time. `lease`: an etcd keeps it;
 * `majority`: the parts of the group grant it, more than half of them.
 */
export const FENCINGS = ['none', 'lease', 'majority'] as const

/** More parts than a group has, and few enough to be named in a datagram. */
export const VOTERS_MAX = 64

/** A lease, and who grants it. */
export type LeaseOptions = LeaseTimes & (EtcdLease | MajorityLease)

interface LeaseTimes {
  readonly ttlMs: number
  /** No clock is wrong by more than this after `ttlMs`. */
  readonly clockDriftMs: number
}

interface EtcdLease {
  readonly kind: 'lease'
  /** Members of one etcd, as base addresses. */
  readonly etcd: readonly string[]
}

interface MajorityLease {
  readonly kind: 'majority'
  /** Every part of the group, this one too; the same at all gateways. */
  readonly voters: readonly Address[]
}

/** Everything that `llft run` can be told, validated once, frozen; the one form that the rest of the code knows. */
export interface RunOptions {
  /** The program's command line, byte for byte. */
  readonly command: readonly [file: string, ...args: string[]]
  /** What the group is called in status and in its runtime file. */
  readonly name: string
  readonly replicas: number
  readonly listen: readonly ListenMapping[]
  readonly transport: TransportName
  readonly commit: CommitName
  /** Undefined: nothing is fenced. */
  readonly fencing: LeaseOptions | undefined
  readonly admin: Address
  /** The admin address was asked for: no other port is tried when it is taken. */
  readonly adminFixed: boolean
  readonly guestStartMs: number
  readonly stopGraceMs: number
  readonly timingWindowMs: number
  readonly maxSameCrashes: number
  readonly historyBytesMax: number
  /** A program that offers snapshots is asked for one when its history has so many bytes; 0: never. */
  readonly snapshotBytes: number
  /** The folder where history is laid away; undefined: where this host keeps large temporary files. */
  readonly journal: string | undefined
}

/** The options that are a whole number within bounds. */
export type NumberOption =
  | 'replicas'
  | 'guestStartMs'
  | 'stopGraceMs'
  | 'timingWindowMs'
  | 'maxSameCrashes'
  | 'historyBytesMax'
  | 'snapshotBytes'
  | 'hostSilenceMs'
  | 'leaseTtlMs'
  | 'clockDriftMs'

export type OptionName =
  | NumberOption
  | 'name'
  | 'listen'
  | 'admin'
  | 'transport'
  | 'commit'
  | 'journal'
  | 'fencing'
  | 'etcd'
  | HostOption

/** Only of a group on several hosts. */
export type HostOption = 'group' | 'peers' | 'advertise' | 'hostSilenceMs'

/** How an option is written; the command line, its help and the environment are read by this table alone. */
export interface OptionSpelling {
  readonly flag: `--${string}`
  readonly short: `-${string}` | undefined
  readonly variable: `LLFT_${string}`
  /** What stands for the value in the help. */
  readonly placeholder: string
  readonly help: string
  /** May be given several times; in the variable the values are separated by commas. */
  readonly repeatable: boolean
}

export const OPTIONS: Readonly<Record<OptionName, OptionSpelling>> = {
  group: option('--group', '<name>', { help: 'what the group is called; the same at all its parts' }),
  peers: option('--peers', '<host:port,...>', {
    repeatable: true,
    help: 'where the other parts of the group are, or `multicast[:group:port]`',
  }),
  advertise: option('--advertise', '<host:port>', { help: 'own IPv4 address and port, as the other parts reach them' }),
  hostSilenceMs: option('--host-silence-ms', '<ms>', { help: 'a host that says nothing for so long is given up' }),
  replicas: option('--replicas', '<n>', { short: '-r', help: 'how many processes run the program' }),
  listen: option('--listen', '<host:port[=appPort]>', {
    repeatable: true,
    help: "open one of the program's ports at another address",
  }),
  admin: option('--admin', '<host:port>', { help: 'where `llft status` and `llft kill` reach the group' }),
  name: option('--name', '<name>', { help: 'what the group is called; by default the name of the working directory' }),
  transport: option('--transport', '<kind>', {
    help: 'how datagrams reach several replicas: unicast, multicast, or auto (default unicast)',
  }),
  commit: option('--commit', '<mode>', {
    help: 'when output may leave: reflected, or acknowledged by every backup (default reflected)',
  }),
  fencing: option('--fencing', '<kind>', {
    help: 'what keeps two gateways of one group from both letting output out: none, lease, or majority (default none)',
  }),
  etcd: option('--etcd', '<url,...>', { repeatable: true, help: 'the members of the etcd that keeps the lease' }),
  leaseTtlMs: option('--lease-ttl-ms', '<ms>', {
    help: 'without a renewal of the lease for so long, nothing is let out any more',
  }),
  clockDriftMs: option('--clock-drift-ms', '<ms>', { help: 'how far a clock may be wrong after one lease' }),
  guestStartMs: option('--guest-start-ms', '<ms>', { help: 'how long the program may take to start its Node process' }),
  stopGraceMs: option('--stop-grace-ms', '<ms>', { help: 'how long the program may take to end after a signal' }),
  timingWindowMs: option('--timing-window-ms', '<ms>', {
    help: 'a replica that does not answer for so long is ended and replaced',
  }),
  maxSameCrashes: option('--max-same-crashes', '<n>', {
    help: 'the group ends after so many native crashes at the same place of the history',
  }),
  historyBytesMax: option('--history-bytes-max', '<bytes>', {
    help: 'how much history is kept for replicas that join later',
  }),
  snapshotBytes: option('--snapshot-bytes', '<bytes>', {
    help: 'a program that offers snapshots is asked for one when its history is so large; 0: only by llft snapshot',
  }),
  journal: option('--journal', '<folder>', {
    help: 'where history beyond the last megabytes is laid away (default /var/tmp)',
  }),
}

export interface NumberBounds {
  readonly min: number
  readonly max: number
  readonly fallback: number
}

const ONE_HOUR_MS = 3_600_000

export const NUMBER_BOUNDS: Readonly<Record<NumberOption, NumberBounds>> = {
  // Three: after a crash two are left, so that a second crash before the replacement has caught up is survived too.
  // Sixteen copies of the same work are more than any number of crashes to survive asks for.
  replicas: { min: 1, max: 16, fallback: 3 },
  // A cold `npm start` on a loaded machine takes seconds; nobody waits for half a minute without asking why.
  guestStartMs: { min: 100, max: ONE_HOUR_MS, fallback: 30_000 },
  // What Docker waits between SIGTERM and SIGKILL, so that the program's handler has the time it is used to.
  stopGraceMs: { min: 0, max: ONE_HOUR_MS, fallback: 10_000 },
  // A pause of 500 ms (a long collection, a slow request) must not cause a takeover (protocol.md section 6).
  timingWindowMs: { min: 50, max: ONE_HOUR_MS, fallback: 1_000 },
  // With a word each 50 ms, three may be lost; 250 ms until a lost host is seen are what clients may notice.
  hostSilenceMs: { min: 100, max: ONE_HOUR_MS, fallback: 200 },
  // A pause of etcd of a second, as when its leader is elected anew, must not be noticed.
  leaseTtlMs: { min: 500, max: ONE_HOUR_MS, fallback: 3_000 },
  // Thirty times what a bad quartz goes wrong in three seconds, and a scheduler's lateness of milliseconds.
  clockDriftMs: { min: 1, max: ONE_HOUR_MS, fallback: 100 },
  // Two may be bad luck; the third death at the same place is the program's (determinizer.md A10).
  maxSameCrashes: { min: 1, max: 100, fallback: 3 },
  // 1 GiB: hours of a busy server, and what a host that runs several replicas still has to spare.
  historyBytesMax: { min: 1_048_576, max: Number.MAX_SAFE_INTEGER, fallback: 1_073_741_824 },
  // Seconds to execute for a newcomer, and hours of requests: the start of all replicas once more is little beside it.
  snapshotBytes: { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 67_108_864 },
}

/** Loopback: who may reach it may end replicas. */
export const ADMIN_FALLBACK: Address = { host: '127.0.0.1', port: 7700 }

interface Spelling {
  readonly short?: `-${string}`
  readonly repeatable?: boolean
  readonly help: string
}

function option(flag: `--${string}`, placeholder: string, spelling: Spelling): OptionSpelling {
  const { short, help, repeatable = false } = spelling
  const variable = `LLFT_${flag.slice(2).replaceAll('-', '_').toUpperCase()}` as const
  return { flag, short, variable, placeholder, help, repeatable }
}
