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

/** The answer with which a connection leaves HTTP; Node itself takes a fourth of this for the head of a message. */
export const ANSWER_HEAD_BYTES_MAX: number = 64 * 1024

/** A program that is asked to save answers in so long, or goes on: clients wait meanwhile. */
export const SAVE_MS = 10_000

/** A program restores in so long. Clients wait, but to begin without what was saved would cost them more. */
export const RESTORE_MS = 30_000

/** A program that has offered snapshots is about to listen, unless it does so once restored. Clients are served. */
export const SETTLE_MS = 500

/** A program that is restored listens in so long where its predecessor did. */
export const LISTEN_MS = 5_000

/** Longest reason that is passed on of a program that did not save or restore; it is read by a person. */
export const REASON_CHARACTERS_MAX = 1000

/** Longest line on the control pipe; the start parameters of the largest group stay far below. */
export const CONTROL_LINE_BYTES_MAX: number = 256 * 1024
