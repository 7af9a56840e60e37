/** A frame and the headers around it fit one UDP datagram on loopback, and a large upload does not hold up the rest. */
export const DATA_FRAME_BYTES_MAX: number = 32 * 1024

/**
 * Connections at one time, of clients and to other servers: well below the usual limit of descriptors and of memory for
 * their buffers.
 */
export const STREAMS_MAX = 20_000

/** Questions about names at one time, and the length of one: a name has 253 characters at most. */
export const QUESTIONS_MAX = 1000
export const QUESTION_BYTES_MAX = 4096

/** Listening sockets at one time; a program that needs more has a leak. */
export const LISTENERS_MAX = 256

/** After the program has closed a connection, its client may rest so long before it takes the remaining bytes. */
export const CLOSING_IDLE_MS = 30_000

/** A longer TLS handshake is given up, unless the program set its own bound; Node's default is four times this. */
export const HANDSHAKE_MS = 30_000

/** At the end, clients get so long to take what was released to them. */
export const STOP_GRACE_MS = 1500

/** Longest line on the control pipe; the start parameters of the largest group stay far below. */
export const CONTROL_LINE_BYTES_MAX: number = 256 * 1024
