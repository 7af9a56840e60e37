export { lineOf, LineReader } from './control.js'
export type {
  GatewayCommand,
  GatewayReport,
  GatewayStart,
  GatewayStatistics,
  GatewayWarning,
  ListenMapping,
} from './control.js'
export { Gateway } from './gateway.js'
export type { GatewayObserver, GatewayTerms } from './gateway.js'
export { DATA_FRAME_BYTES_MAX } from './limits.js'
export { runGateway } from './run.js'
export type { ControlPipe, OpenPort } from './run.js'
