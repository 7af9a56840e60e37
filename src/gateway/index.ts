export { lineOf, LineReader } from './control.js'
export type {
  GatewayCommand,
  GatewayReport,
  GatewayStart,
  GatewayStatistics,
  Moved,
  GatewayWarning,
  ListenMapping,
  SideReport,
} from './control.js'
export { Gateway } from './gateway.js'
export type { GatewayTerms } from './gateway.js'
export { DATA_FRAME_BYTES_MAX } from './limits.js'
export type { GatewayObserver } from './observer.js'
export { runGateway } from './run.js'
export type { ControlPipe } from './run.js'
export type { OpenPort } from './side.js'
