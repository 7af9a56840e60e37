/**
 * What the determinizer does not order yet, and refuses instead of letting it through: an exception with this code is
 * raised at the call, in every replica alike. The room `interpose` keeps its own short texts, because nothing that is
 * loaded into the user's process depends on this room; the codes are the same.
 */
export const REFUSED = {
  LLFT_E_REFUSED_FILE_WRITE: {
    exit: 'none',
    what: 'The program wants to write a file in a way that cannot be put in order: {call}.',
    why: 'it writes files in C++, past LLFT: every replica would, and a new primary again',
    fix: 'do this with the program alone; files that the program writes with `fs` are no matter',
  },
  LLFT_E_REFUSED_FILE_BLOB: {
    exit: 'none',
    what: 'The program wants a Blob of a file: {call}.',
    why: 'a Blob of a file reads it in C++, past LLFT, whenever it is looked at',
    fix: 'make the Blob of what was read: new Blob([await fs.promises.readFile(path)])',
  },
  LLFT_E_REFUSED_WORKER: {
    exit: 'none',
    what: 'The program wants a thread, or something of one, that cannot be put in order: {call}.',
    why: 'a thread is ordered by what the main thread posts to it, and by `Atomics` on memory that they share',
    fix: 'start it on the main thread, with no flags, SHARE_ENV, stdin, used port (esbuild: ESBUILD_WORKER_THREADS=0)',
  },
  LLFT_E_REFUSED_IN_WORKER: {
    exit: 'none',
    what: 'A worker thread wants something that is in order on the main thread only: {call}.',
    why: 'in a worker only its messages are in order, and what follows from them at once',
    fix: 'do this on the main thread, and post what comes of it to the worker',
  },
  LLFT_E_REFUSED_SHARED_MEMORY: {
    exit: 'none',
    what: 'The program wants to share between threads what cannot be put in order: {call}.',
    why: 'only what `Atomics` does to a SharedArrayBuffer of fixed length, once it was posted, has an order',
    fix: 'post a SharedArrayBuffer of fixed length, or a copy of the data; wait with `Atomics.wait`, in a worker',
  },
  LLFT_E_REFUSED_CHILD_HANDLE: {
    exit: 'none',
    what: 'The program wants to give a socket or another handle to a process: {call}.',
    why: 'the sockets of the program are held by the gateway; there is none to hand on',
    fix: 'send what is to be said over the pipes of the child process',
  },
  LLFT_E_REFUSED_CLUSTER: {
    exit: 'none',
    what: 'The program wants to fork itself with node:cluster: {call}.',
    why: 'LLFT replicates one process; a cluster is several with no common state',
    fix: 'start the program without its cluster mode',
  },
  LLFT_E_REFUSED_OUTBOUND: {
    exit: 'none',
    what: 'The program wants a connection to another server that the gateway cannot make: {call}.',
    why: 'the gateway makes all connections, and cannot see into a descriptor or a prepared TLS context',
    fix: 'connect to a host and port, and give tls.connect the certificates and keys themselves',
  },
  LLFT_E_REFUSED_ADDON: {
    exit: 'none',
    what: 'The program wants to load a native add-on: {call}.',
    why: 'what an add-on does on threads of its own is not seen by LLFT, so it cannot be put in order',
    fix: 'use a version in JavaScript or WebAssembly (bcryptjs for bcrypt, hash-wasm for argon2)',
  },
  LLFT_E_REFUSED_PIPE: {
    exit: 'none',
    what: 'The program wants to use a Unix socket or named pipe: {call}.',
    why: 'the gateway opens TCP ports only, and what was read from a pipe cannot be read again by a successor',
    fix: 'use a port: server.listen(3000); pass data in regular files',
  },
  LLFT_E_REFUSED_LISTEN_FD: {
    exit: 'none',
    what: 'The program wants to listen on an inherited file descriptor: {call}.',
    why: 'the sockets are held by the gateway; a replica has none to inherit',
    fix: 'listen on a port: server.listen(3000)',
  },
  LLFT_E_REFUSED_SNI: {
    exit: 'none',
    what: 'The program wants to choose certificates by name with a callback: {call}.',
    why: 'TLS ends at the gateway, which cannot call into the program yet',
    fix: 'give one certificate for all names, and ALPNProtocols instead of a callback',
  },
  LLFT_E_REFUSED_CLIENT_CERTIFICATE: {
    exit: 'none',
    what: 'The program wants certificates from its clients: {call}.',
    why: 'TLS ends at the gateway, which does not hand client certificates over yet',
    fix: 'authenticate clients inside the connection, for example with a token',
  },
  LLFT_E_REFUSED_STARTTLS: {
    exit: 'none',
    what: "The program wants to begin TLS on a client's connection that is already open: {call}.",
    why: 'TLS ends at the gateway, which can begin it with a connection only, not in the middle of one, yet',
    fix: 'listen with tls.createServer() or https.createServer() on a port of its own',
  },
  LLFT_E_REFUSED_HTTP2_FILE: {
    exit: 'none',
    what: 'The program answers over HTTP/2 with a file: {call}.',
    why: 'Node pipes the file from thread to socket in C++, past LLFT',
    fix: 'send what is read: fs.createReadStream(path).pipe(stream), after stream.respond()',
  },
  LLFT_E_REFUSED_IDENTITY: {
    exit: 'none',
    what: 'The program wants to become another user: {call}.',
    why: 'files are written, and processes started, by LLFT, which would stay the user that it is',
    fix: 'start `llft run` as that user; for ports below 1024: --listen 80=8080 as root, or a capability',
  },
  LLFT_E_REFUSED_SIGNAL: {
    exit: 'none',
    what: 'The program wants to stop itself: {call}.',
    why: 'a stopped replica answers nobody and would be taken for dead',
    fix: 'stop `llft run`, if it must be',
  },
  LLFT_E_REFUSED_HEAP: {
    exit: 'none',
    what: 'The program wants to look at its heap: {call}.',
    why: 'each replica has a heap of its own, with other addresses and other garbage in it',
    fix: 'look at the heap of the program alone: node --heapsnapshot-signal=SIGUSR2 server.js',
  },
  LLFT_E_REFUSED_CLOCK: {
    exit: 'none',
    what: 'The program wants to use a clock that cannot be put in order: {call}.',
    why: 'it reads the clock in C++, past LLFT, in each replica for itself',
    fix: 'leave out the option that forgets with time: halfLife, or chunkDuration instead of recordsPerChunk',
  },
  LLFT_E_REFUSED_SQLITE: {
    exit: 'none',
    what: 'The program wants to open a database of node:sqlite: {call}.',
    why: 'SQLite writes its files, and reads the clock and chance, in C++: every replica would for itself',
    fix: 'keep the data in objects of the program, or in files that it writes with `fs`',
  },
  LLFT_E_REFUSED_EXECVE: {
    exit: 'none',
    what: 'The program wants to become another one: {call}.',
    why: 'it would replace the process, and LLFT in it',
    fix: 'end the program, and let whoever started it start the other one',
  },
  LLFT_E_REFUSED_INSPECTOR: {
    exit: 'none',
    what: 'The program wants to open a debugger: {call}.',
    why: 'a stopped replica answers nobody and would be taken for dead',
    fix: 'debug the program alone: node --inspect server.js',
  },
} as const
