// What not every version of Node has; what is missing is passed over.
const crypto = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { createHistogram, createSlidingWindowHistogram } = require('node:perf_hooks')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const zlib = require('node:zlib')

const { navigator, sessionStorage, Temporal } = globalThis

async function cryptography() {
  const argon = { message: 'a', nonce: Buffer.alloc(16), parallelism: 1, tagLength: 16, memory: 64, passes: 1 }
  if (crypto.argon2) console.log(await promisify(crypto.argon2)('argon2id', argon))
  if (crypto.hash) console.log(crypto.hash('sha256', 'x'))
  if (!crypto.encapsulate) return
  const { publicKey, privateKey } = await promisify(crypto.generateKeyPair)('ml-kem-512', {})
  const { sharedKey, ciphertext } = await promisify(crypto.encapsulate)(publicKey)
  console.log(sharedKey, crypto.decapsulate(privateKey, ciphertext).equals(sharedKey))
  const pair = crypto.generateKeyPairSync('ml-dsa-44', {})
  console.log(
    crypto
      .createHash('sha256')
      .update(crypto.sign(null, Buffer.from('x'), pair.privateKey))
      .digest('hex'),
  )
}

async function locks() {
  if (!navigator?.locks) return
  const order = []
  const take = (n) =>
    navigator.locks.request('one', async () => {
      order.push(n)
      await sleep(4 - n)
      order.push(-n)
    })
  const taken = Promise.all([1, 2, 3].map(take))
  console.log(await navigator.locks.query())
  await navigator.locks.request('one', { ifAvailable: true }, (lock) => console.log(lock))
  await taken
  console.log(order, await navigator.locks.query())
}

async function rest() {
  const histogram = createHistogram()
  for (let n = 0; n < 3; n++) histogram.recordDelta()
  console.log(histogram.count, histogram.max)
  if (createSlidingWindowHistogram) {
    const windows = createSlidingWindowHistogram({ chunks: 2, recordsPerChunk: 2 })
    for (let n = 1; n < 9; n++) windows.record(n)
    console.log(windows.snapshot().count)
  }
  if (zlib.zstdCompress) console.log(zlib.zstdDecompressSync(await promisify(zlib.zstdCompress)('zstd')).toString())
  console.log(navigator?.hardwareConcurrency, process.threadCpuUsage?.(), Temporal?.Now.instant().toString())
  if (process.versions.node.startsWith('26')) {
    sessionStorage.setItem('name', 'value')
    console.log(sessionStorage.getItem('name'))
  }
  const file = path.join(os.tmpdir(), 'llft-no-such-file')
  try {
    process.loadEnvFile(file)
  } catch (error) {
    console.log(error.message)
  }
  process.loadEnvFile(path.join(__dirname, 'example.env'))
  console.log(process.env.LLFT_EXAMPLE, fs.existsSync(file))
}

void cryptography()
  .then(locks)
  .then(rest)
  .then(() => console.log('done'))
