// The file of the main thread and of its worker: each tries what is refused there, and shows how that ends.
const crypto = require('node:crypto')
const { once } = require('node:events')
const fs = require('node:fs')
const threads = require('node:worker_threads')
const zlib = require('node:zlib')

const shared = () => new Int32Array(new SharedArrayBuffer(4))
const ofWebAssembly = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
const growable = () => new SharedArrayBuffer(4, { maxByteLength: 8 })
const { isMainThread, parentPort, Worker } = threads

const inWorker = [
  () => fs.readFileSync(__filename),
  () => fs.promises.readFile(__filename),
  () => new Promise((resolve, reject) => fs.createReadStream(__filename).on('error', reject).on('open', resolve)),
  () => fs.existsSync(__filename),
  () => fs.writeFileSync('/tmp/never', ''),
  () => fs.promises.opendir('/'),
  () => fs.watch('/'),
  () => fs.watchFile('/', () => {}),
  () => new Promise((resolve) => fs.readFile(__filename, resolve)).then((error) => Promise.reject(error)),
  () => setTimeout(() => {}, 1),
  () => setInterval(() => {}, 1),
  () => setImmediate(() => {}),
  () => AbortSignal.timeout(5),
  () => require('node:timers/promises').setTimeout(5),
  () => require('node:net').connect(80),
  () => require('node:net').createServer().listen(0),
  () => require('node:http').get('http://127.0.0.1:9').end(),
  () => require('node:dns').lookup('localhost', () => {}),
  () => require('node:dns').promises.resolve4('localhost'),
  () => require('node:child_process').spawn('true'),
  () => require('node:child_process').execSync('true'),
  () => crypto.pbkdf2('a', 'b', 1, 8, 'sha1', () => {}),
  () => crypto.subtle.digest('SHA-256', Buffer.from('a')),
  () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  () => zlib.gzip('a', () => {}),
  () => process.memoryUsage(),
  () => require('node:os').freemem(),
  () => performance.eventLoopUtilization(),
  () => new MessageChannel(),
  () => new threads.BroadcastChannel('x'),
  () => threads.receiveMessageOnPort(parentPort),
  () => parentPort.unref(),
  () => Atomics.waitAsync(shared(), 0, 0).value,
]
const nested = [() => new Worker(__filename), () => require('node:module').register('data:text/javascript,')]
const memory = [() => parentPort.postMessage({ deep: [ofWebAssembly()] }), () => parentPort.postMessage(growable())]

const onMain = [
  () => new Worker(__filename, { execArgv: ['--no-warnings'] }),
  () => new Worker(__filename, { env: threads.SHARE_ENV }),
  () => new Worker(__filename, { stdin: true }),
  () => new Worker(__filename, { workerData: channel(), transferList: Object.values(channel()) }),
  () => worker.postMessage(channel(), Object.values(channel())),
  () => worker.postMessage(usedPort(), [usedPort()]),
  () => worker.getHeapSnapshot(),
  () => require('node:module').register('data:text/javascript,'),
]
const memoryOnMain = [
  () => new Worker(__filename, { workerData: new Map([[1, ofWebAssembly()]]) }),
  () => worker.postMessage([{ deep: growable() }]),
  () => threads.setEnvironmentData('x', shared()),
  () => (worker.postMessage(words), Atomics.waitAsync(words, 0, 0)),
]

const words = shared()
let made
const channel = () => {
  made ??= new MessageChannel()
  return { port1: made.port1, port2: made.port2 }
}
let used
function usedPort() {
  if (used === undefined) {
    used = new MessageChannel()
    used.port2.postMessage('before it is handed over')
  }
  return used.port1
}

async function attempt(calls, code) {
  const seen = []
  for (const call of calls) {
    let found
    try {
      await call()
    } catch (error) {
      found = error.cause ?? error
    }
    const [, line] = /worker-refusals\.cjs:(\d+)/.exec(found?.message ?? '') ?? []
    const source = String(call)
    if (found?.code !== code || !found.message.includes(' is refused: ')) seen.push([source, String(found)])
    else refused.push([code, Number(line)])
  }
  return seen
}
const refused = []

let worker
async function main() {
  worker = new Worker(__filename)
  worker.on('error', (error) => console.log(error.stack))
  const [message] = await once(worker, 'message')
  console.log(`worker ${JSON.stringify(message)}`)
  const wrong = [
    ...(await attempt(onMain, 'LLFT_E_REFUSED_WORKER')),
    ...(await attempt(memoryOnMain, 'LLFT_E_REFUSED_SHARED_MEMORY')),
  ]
  console.log(`main ${JSON.stringify({ wrong, refused })}`)
  process.exit()
}

async function thread() {
  const wrong = [
    ...(await attempt(inWorker, 'LLFT_E_REFUSED_IN_WORKER')),
    ...(await attempt(nested, 'LLFT_E_REFUSED_WORKER')),
    ...(await attempt(memory, 'LLFT_E_REFUSED_SHARED_MEMORY')),
  ]
  parentPort.postMessage({ wrong, refused })
}

void (isMainThread ? main() : thread())
