import { channel } from 'node:diagnostics_channel'
import { callSite } from './call-site.js'

/** Every refusal is told there, also one that the program catches. */
export const REFUSED_CHANNEL = 'llft:refused'

export interface Refused {
  readonly code: RefusalCode
  readonly call: string
}

/**
 * Why a call that cannot be put in order yet is refused, and what to do. The codes are those of the error registry,
 * which nothing that is loaded into the user's process may depend on.
 */
const REFUSALS = {
  LLFT_E_REFUSED_OUTBOUND: {
    why: 'the gateway makes all connections, and cannot see into a descriptor or a prepared TLS context',
    fix: 'connect to a host and port, and give tls.connect the certificates and keys themselves',
  },
  LLFT_E_REFUSED_PIPE: {
    why: 'the gateway opens TCP ports only, and what was read from a pipe cannot be read again by a successor',
    fix: 'use a port: server.listen(3000); pass data in regular files',
  },
  LLFT_E_REFUSED_LISTEN_FD: {
    why: 'the sockets are held by the gateway; a replica has none to inherit',
    fix: 'listen on a port: server.listen(3000)',
  },
  LLFT_E_REFUSED_SNI: {
    why: 'TLS ends at the gateway, which cannot call into the program yet',
    fix: 'give one certificate for all names, and ALPNProtocols instead of a callback',
  },
  LLFT_E_REFUSED_CLIENT_CERTIFICATE: {
    why: 'TLS ends at the gateway, which does not hand client certificates over yet',
    fix: 'authenticate clients inside the connection, for example with a token',
  },
  LLFT_E_REFUSED_STARTTLS: {
    why: 'TLS ends at the gateway, which can begin it with a connection only, not in the middle of one, yet',
    fix: 'listen with tls.createServer() or https.createServer() on a port of its own',
  },
  LLFT_E_REFUSED_HTTP2_FILE: {
    why: 'Node pipes the file from thread to socket in C++, past LLFT',
    fix: 'send what is read: fs.createReadStream(path).pipe(stream), after stream.respond()',
  },
  LLFT_E_REFUSED_FILE_WRITE: {
    why: 'it writes files in C++, past LLFT: every replica would, and a new primary again',
    fix: 'do this with the program alone; files that the program writes with `fs` are no matter',
  },
  LLFT_E_REFUSED_FILE_BLOB: {
    why: 'a Blob of a file reads it in C++, past LLFT, whenever it is looked at',
    fix: 'make the Blob of what was read: new Blob([await fs.promises.readFile(path)])',
  },
  LLFT_E_REFUSED_WORKER: {
    why: 'a thread is ordered by what the main thread posts to it, and by nothing else that threads have in common',
    fix: 'start it on the main thread, without flags, SHARE_ENV, stdin and ports (esbuild: ESBUILD_WORKER_THREADS=0)',
  },
  LLFT_E_REFUSED_IN_WORKER: {
    why: 'in a worker only its messages are in order, and what follows from them at once',
    fix: 'do this on the main thread, and post what comes of it to the worker',
  },
  LLFT_E_REFUSED_SHARED_MEMORY: {
    why: 'only what `Atomics` does to a SharedArrayBuffer of fixed length, once it was posted, has an order',
    fix: 'post a SharedArrayBuffer of fixed length, or a copy of the data; wait with `Atomics.wait`, in a worker',
  },
  LLFT_E_REFUSED_CHILD_HANDLE: {
    why: 'the sockets of the program are held by the gateway; there is none to hand on',
    fix: 'send what is to be said over the pipes of the child process',
  },
  LLFT_E_REFUSED_CLUSTER: {
    why: 'LLFT replicates one process; a cluster is several with no common state',
    fix: 'start the program without its cluster mode',
  },
  LLFT_E_REFUSED_IDENTITY: {
    why: 'files are written, and processes started, by LLFT, which would stay the user that it is',
    fix: 'start `llft run` as that user; for ports below 1024: --listen 80=8080 as root, or a capability',
  },
  LLFT_E_REFUSED_SIGNAL: {
    why: 'a stopped replica answers nobody and would be taken for dead',
    fix: 'stop `llft run`, if it must be',
  },
  LLFT_E_REFUSED_ADDON: {
    why: 'what an add-on does on threads of its own is not seen by LLFT, so it cannot be put in order',
    fix: 'use a version in JavaScript or WebAssembly (bcryptjs for bcrypt, hash-wasm for argon2)',
  },
  LLFT_E_REFUSED_HEAP: {
    why: 'each replica has a heap of its own, with other addresses and other garbage in it',
    fix: 'look at the heap of the program alone: node --heapsnapshot-signal=SIGUSR2 server.js',
  },
  LLFT_E_REFUSED_CLOCK: {
    why: 'it reads the clock in C++, past LLFT, in each replica for itself',
    fix: 'leave out the option that forgets with time: halfLife, or chunkDuration instead of recordsPerChunk',
  },
  LLFT_E_REFUSED_SQLITE: {
    why: 'SQLite writes its files, and reads the clock and chance, in C++: every replica would for itself',
    fix: 'keep the data in objects of the program, or in files that it writes with `fs`',
  },
  LLFT_E_REFUSED_EXECVE: {
    why: 'it would replace the process, and LLFT in it',
    fix: 'end the program, and let whoever started it start the other one',
  },
  LLFT_E_REFUSED_INSPECTOR: {
    why: 'a stopped replica answers nobody and would be taken for dead',
    fix: 'debug the program alone: node --inspect server.js',
  },
} as const

export type RefusalCode = keyof typeof REFUSALS

/**
 * The error for a call that is refused. `call` names it where Node's library is not on the stack above the program's
 * own code.
 */
export function refusal(code: RefusalCode, call: string): Error {
  const { why, fix } = REFUSALS[code]
  const site = callSite()
  channel(REFUSED_CHANNEL).publish({ code, call: site.call ?? call } satisfies Refused)
  const error = new Error(`${code}: ${site.call ?? call} ${site.place} is refused: ${why}. Fix: ${fix}.`)
  Object.defineProperty(error, 'code', { value: code, configurable: true, enumerable: true, writable: true })
  Error.captureStackTrace(error, refusal)
  return error
}
