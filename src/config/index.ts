export { formatAddress, formatListen, parseAddress, parseListen } from './address.js'
export type { Address, ListenMapping } from './address.js'
export { NUMBER_BOUNDS, OPTIONS, VOTERS_MAX } from './options.js'
export type {
  HostOption,
  NumberBounds,
  LeaseOptions,
  NumberOption,
  OptionName,
  OptionSpelling,
  RunOptions,
} from './options.js'
export { resolveGatewayOptions, resolveReplicaOptions } from './resolve-host.js'
export type { HostOptions } from './resolve-host.js'
export { resolveAdminAddress, resolveRunOptions } from './resolve.js'
export type { RunInput } from './given.js'
