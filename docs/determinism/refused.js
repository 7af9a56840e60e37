/** `code`, `shown` and `names` may be given beside what is refused, its code, and the probe that shows it. */
const refused = (what, error, terms) => ({
  what,
  how: 'refused',
  error: `LLFT_E_REFUSED_${error}`,
  names: [],
  code: 'src/interpose/refuse.ts',
  ...terms,
})

const listening = (server) => `require("events").once(${server}, "listening")`

const TLS = { code: 'src/interpose/tls-terms.ts' }

/** What a program cannot have yet, or never: a clear error in its own stack, instead of replicas that differ. */
export const REFUSED = [
  refused('connections out on a descriptor; TLS with `secureContext` or `pskCallback`', 'OUTBOUND', {
    code: 'src/interpose/tls-terms.ts',
    shown: 'test/e2e/egress-tls.test.ts',
  }),
  refused('Unix sockets', 'PIPE', {
    code: 'src/interpose/processes/child-pipe.ts',
    probe: 'require("net").connect("/tmp/x.sock")',
  }),
  refused('listening on an inherited descriptor', 'LISTEN_FD', {
    code: 'src/interpose/tcp-listener.ts',
    probe: 'new (process.binding("tcp_wrap").TCP)(1).open(3)',
  }),
  refused('SNI and ALPN callbacks of TLS', 'SNI', {
    ...TLS,
    probe: listening('require("tls").createServer({ SNICallback() {} }).listen(1)'),
  }),
  refused('client certificates', 'CLIENT_CERTIFICATE', {
    ...TLS,
    probe: listening('require("tls").createServer({ requestCert: true }).listen(1)'),
  }),
  refused('STARTTLS with clients: `new TLSSocket` on a connection that was accepted', 'STARTTLS', {
    code: 'src/interpose/tcp-stream.ts',
    shown: 'test/interpose/edge-tls.test.ts',
  }),
  refused('HTTP/2: `respondWithFile`, `respondWithFD`', 'HTTP2_FILE', {
    code: 'src/interpose/http2.ts',
    shown: 'test/interpose/conductor/http2.test.ts',
  }),
  refused('heap snapshots and reports into files, WASI', 'FILE_WRITE', {
    names: ['node:wasi'],
    probe: 'new (require("wasi").WASI)({ version: "preview1" })',
  }),
  refused('`fs.openAsBlob`', 'FILE_BLOB', { probe: 'fs.openAsBlob(file)' }),
  refused('threads with flags, SHARE_ENV or input; channels between workers; loader threads', 'WORKER', {
    code: 'src/interpose/workers/main-thread.ts',
    probe: 'new (require("worker_threads").Worker)(file, { stdin: true })',
  }),
  refused('inside a worker: timers, files, sockets, names, processes, the thread pool, channels, locks', 'IN_WORKER', {
    code: 'src/interpose/workers/thread-refusals.ts',
    shown: 'test/interpose/workers.test.ts',
  }),
  refused('memory that compiled code shares, shared memory that grows, `Atomics.waitAsync` on it', 'SHARED_MEMORY', {
    code: 'src/interpose/workers/shared.ts',
    probe: `new (require("worker_threads").Worker)(file, {
      workerData: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
    })`,
  }),
  refused('handles for a child process', 'CHILD_HANDLE', {
    code: 'src/interpose/processes/spawn-options.ts',
    probe: 'require("child_process").spawn("true", { stdio: [new (require("net").Server)().listen(2)] })',
  }),
  refused('`cluster`', 'CLUSTER', {
    names: ['node:cluster'],
    code: 'src/interpose/processes/child-process.ts',
    probe: 'require("cluster").fork()',
  }),
  refused('another user or group for the process', 'IDENTITY', {
    code: 'src/interpose/process-state.ts',
    probe: 'process.setuid(1)',
  }),
  refused('signals that stop the process', 'SIGNAL', {
    code: 'src/interpose/signals.ts',
    probe: 'process.kill(process.pid, "SIGSTOP")',
  }),
  refused('native add-ons, `node:ffi`', 'ADDON', {
    names: ['node:ffi'],
    code: 'src/interpose/refuse-addons.ts',
    probe: 'process.dlopen({ exports: {} }, "/app/bcrypt.node")',
  }),
  refused('looking at the heap', 'HEAP', { probe: 'require("v8").getHeapSnapshot()' }),
  refused('histograms that forget with time', 'CLOCK', {
    code: 'src/interpose/refuse-clocks.ts',
    shown: 'test/interpose/edge-refusals.test.ts',
  }),
  refused('`node:sqlite`, `localStorage`', 'SQLITE', {
    names: ['node:sqlite', 'localStorage'],
    shown: 'test/interpose/edge-refusals.test.ts',
  }),
  refused('`process.execve`', 'EXECVE', { shown: 'test/interpose/edge-refusals.test.ts' }),
  refused('the inspector, the debugger', 'INSPECTOR', {
    names: ['node:inspector', 'node:inspector/promises', 'node:repl', 'node:test'],
    probe: 'require("inspector").open()',
  }),
]
