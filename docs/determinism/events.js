const words = (text) => text.trim().split(/\s+/)

/** What enters JavaScript from the event loop: each time, one operation. */
export const EVENTS = [
  {
    what: '`setTimeout`, `setInterval`, `timers/promises`, `AbortSignal.timeout`, the timers inside Node',
    how: 'ordered',
    by: 'the primary says when; all timers due then fire, in one order, by the time of the operation',
    names: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'node:timers', 'node:timers/promises'],
    code: 'src/interpose/timers.ts',
    hook: 'timers',
    probe: 'new Promise((resolve) => setTimeout(resolve, 1, "timer"))',
  },
  {
    what: '`setImmediate`',
    how: 'ordered',
    by: 'one operation runs those that wait',
    names: ['setImmediate', 'clearImmediate'],
    code: 'src/interpose/timers.ts',
    probe: 'new Promise((resolve) => setImmediate(resolve, "immediate"))',
  },
  {
    what: '`process.nextTick`, promises, `queueMicrotask`, `await`',
    how: 'same',
    by: 'they run to their end inside the operation that began them',
    names: ['Promise', 'queueMicrotask'],
    code: 'src/interpose/context.ts',
    probe: 'new Promise((resolve) => process.nextTick(resolve)).then(() => "tick")',
  },
  {
    what: 'crypto, `zlib` and other work of the thread pool, by callback',
    how: 'ordered',
    by: "each completion, by its async id, in the primary's order",
    names: ['node:zlib', 'CompressionStream', 'DecompressionStream'],
    code: 'src/interpose/completions.ts',
    hook: 'completions',
    probe: 'require("util").promisify(require("zlib").gzip)("x").then((made) => made.length)',
  },
  {
    what: 'webcrypto and other work that is a promise in C++',
    how: 'ordered',
    by: 'the promise is followed by one of ours, settled in an operation',
    names: [],
    code: 'src/interpose/ordered-promise.ts',
    hook: 'promises',
    probe: 'crypto.subtle.digest("SHA-256", Buffer.from("x")).then((made) => made.byteLength)',
  },
  {
    what: '`Atomics.waitAsync`',
    how: 'ordered',
    by: 'the same',
    names: ['Atomics'],
    code: 'src/interpose/realm/asynchronous.ts',
    probe: '(setTimeout(() => {}, 50), Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1).value)',
  },
  {
    what: '`WebAssembly`, asynchronous',
    how: 'same',
    by: 'compiled where it is asked for, so that no other thread says when it is done',
    names: ['WebAssembly'],
    code: 'src/interpose/realm/asynchronous.ts',
    probe: 'WebAssembly.compile(Buffer.from("0061736d01000000", "hex")).then(String)',
  },
  {
    what: '`import()`, modules, the loaders of CommonJS and ESM',
    how: 'ordered',
    by: 'each file as any other; code is read by every replica for itself, and compared by its checksum',
    names: ['node:module'],
    code: 'src/interpose/files/loader.ts',
    probe: 'import(`file://${folder}/esm-part.mjs`).then((made) => Object.keys(made))',
  },
  {
    what: '`MessageChannel`, `BroadcastChannel` within the program',
    how: 'ordered',
    by: 'each message is a completion',
    names: ['MessageChannel', 'MessagePort', 'BroadcastChannel'],
    code: 'src/interpose/completions.ts',
    probe: `new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.on("message", (message) => (port1.close(), resolve(message)))
      port2.postMessage("message")
    })`,
  },
  {
    what: '`Worker`: its messages, its output, its end',
    how: 'ordered',
    by: 'every replica runs it; its events are completions, what it posts is compared by a checksum',
    names: ['node:worker_threads'],
    code: 'src/interpose/workers/main-thread.ts',
    hook: 'workers',
    shown: 'test/interpose/workers.test.ts',
  },
  {
    what: 'inside a worker: time, chance, identity, modules',
    how: 'same',
    by: "the clock is that of the main thread's messages, chance comes from a seed, code is loaded at once",
    names: [],
    code: 'src/interpose/workers/thread.ts',
    shown: 'test/interpose/workers.test.ts',
  },
  {
    what: '`Atomics` on memory that threads share',
    how: 'ordered',
    by: 'each call takes its turn in one recorded order of all threads; plain access takes none, and is compared',
    names: ['SharedArrayBuffer'],
    code: 'src/interpose/shared-memory/turns.ts',
    hook: 'atomics',
    shown: 'test/interpose/shared-memory.test.ts',
  },
  {
    what: 'channels between the main thread and a worker, `receiveMessageOnPort`',
    how: 'ordered',
    by: 'posting and taking have their turns in the same order',
    names: [],
    code: 'src/interpose/workers/lines.ts',
    shown: 'test/interpose/shared-memory.test.ts',
  },
  {
    what: 'streams, and the streams of the web',
    how: 'same',
    by: 'JavaScript over what is ordered',
    names: words(`
      node:stream node:stream/promises node:stream/consumers node:stream/web Blob TransformStream
      TransformStreamDefaultController WritableStream WritableStreamDefaultController WritableStreamDefaultWriter
      ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest
      ReadableByteStreamController ReadableStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy
      TextEncoderStream TextDecoderStream
    `),
    code: 'src/interpose/context.ts',
    probe: 'require("stream/consumers").text(require("stream").Readable.from(["a", "b"]))',
  },
  {
    what: '`AsyncLocalStorage`, `async_hooks`, async ids',
    how: 'same',
    by: "LLFT's own work takes none of the program's ids and leaves its contexts alone; their count is compared",
    names: ['node:async_hooks'],
    code: 'src/interpose/async-place.ts',
    probe:
      'new (require("async_hooks").AsyncLocalStorage)().run(7, () => require("async_hooks").executionAsyncId() > 0)',
  },
  {
    what: 'errors that nobody handles, rejections, warnings',
    how: 'same',
    by: 'handled inside the operation, as Node does it; the end of the program is the last entry',
    names: [],
    code: 'src/interpose/fatal.ts',
    shown: 'test/interpose/edge-end.test.ts',
  },
  {
    what: 'HTTP/2: what C++ puts off until the event loop comes round',
    how: 'ordered',
    by: 'it is the tail of the operation that began it; the next waits for a turn of the loop, or a few (ADR 34)',
    names: [],
    code: 'src/interpose/tail.ts',
    shown: 'test/interpose/conductor/http2.test.ts',
  },
  {
    what: '`process.exit`, an empty event loop, `beforeExit`',
    how: 'ordered',
    by: 'the last entry; the group ends with the code of the program',
    names: [],
    code: 'src/interpose/end.ts',
    hook: 'end',
    shown: 'test/interpose/edge-end.test.ts',
  },
]
