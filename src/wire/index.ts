export { decode, Encoder } from './codec.js'
export type { Decoded, RejectReason } from './codec.js'
export { decodeFrame, FrameEncoder } from './frames.js'
