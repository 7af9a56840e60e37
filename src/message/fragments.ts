/** The longest message: what a frame may need at most, and what a receiver must be able to put together. */
export const MESSAGE_BYTES_MAX: number = 16 * 1024 * 1024

/**
 * A message that is longer than a datagram may be travels in fragments, each with a sequence number of its own. The
 * first byte of a payload is below `FRAGMENT`; this bit in it says that the next payload goes on with the message.
 */
export const FRAGMENT_CONTINUES = 0x80
/** First byte of every fragment but the first. */
export const FRAGMENT = 0x7f
