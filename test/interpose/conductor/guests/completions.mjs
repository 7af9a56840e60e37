// Everything that completes at a moment of its own, at the same time, over and over: who comes when must be the same.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Blob } from 'node:buffer'
import crypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { BroadcastChannel, MessageChannel } from 'node:worker_threads'
import zlib from 'node:zlib'

const ROUNDS = 6
const storage = new AsyncLocalStorage()
const text = 'some text '.repeat(3000)
const bytes = Buffer.from(text)
const adder = Buffer.from('0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b', 'hex')
const { subtle } = crypto
const here = (name) => new URL(name, import.meta.url)

const port = (make) => () => {
  const [to, from] = make()
  return new Promise((resolve) => {
    from.onmessage = ({ data }) => {
      from.close()
      to.close()
      resolve(data)
    }
    to.postMessage('x', [])
  })
}
const fail = (promise) =>
  promise.then(
    () => 'no error',
    (error) => error.code ?? error.name,
  )

const works = {
  gzip: () => promisify(zlib.gzip)(text),
  gunzip: async () => promisify(zlib.gunzip)(zlib.gzipSync(text)),
  deflateRaw: () => promisify(zlib.deflateRaw)(bytes),
  brotli: () => promisify(zlib.brotliCompress)(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  unbrotli: () => promisify(zlib.brotliDecompress)(zlib.brotliCompressSync('x')),
  badGzip: () => fail(promisify(zlib.gunzip)('nonsense')),
  compressionStream: () =>
    new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
  pbkdf2: () => promisify(crypto.pbkdf2)('a', 'b', 2000, 16, 'sha256'),
  scrypt: () => promisify(crypto.scrypt)('a', 'b', 16, { N: 1024 }),
  hkdf: () => promisify(crypto.hkdf)('sha256', 'a', 'b', 'c', 16),
  randomBytes: () => promisify(crypto.randomBytes)(8),
  digest: () => subtle.digest('SHA-512', bytes),
  importKey: () => subtle.importKey('raw', Buffer.alloc(16), 'AES-CBC', true, ['encrypt']),
  subtleDerive: async () => {
    const key = await subtle.importKey('raw', bytes.subarray(0, 8), 'PBKDF2', false, ['deriveBits'])
    return subtle.deriveBits({ name: 'PBKDF2', salt: Buffer.alloc(8), iterations: 500, hash: 'SHA-256' }, key, 128)
  },
  wasm: async () => (await WebAssembly.instantiate(adder)).instance.exports.add(40, 2),
  wasmCompile: async () => WebAssembly.Module.exports(await WebAssembly.compile(adder)).length,
  badWasm: () => fail(WebAssembly.compile(Buffer.from('no'))),
  stat: () => fs.promises.stat(new URL(import.meta.url)).then(({ size }) => size),
  readFile: () => promisify(fs.readFile)(new URL(import.meta.url)),
  lookup: () => promisify(dns.lookup)('127.0.0.1').then(({ address }) => address),
  blob: () => new Blob([bytes, 'more']).arrayBuffer(),
  blobText: () => new Blob(['text']).text(),
  message: port(() => Object.values(new MessageChannel())),
  broadcast: port(() => [new BroadcastChannel('c'), new BroadcastChannel('c')]),
  waitAsync: () => Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1).value,
  immediate: () => immediate('immediate'),
  timer: () => sleep(1, 'timer'),
  tick: () => new Promise((resolve) => process.nextTick(resolve, 'tick')),
  context: async () => runInNewContext('typeof Date.now()'),
  microtask: () => new Promise((resolve) => queueMicrotask(() => resolve('microtask'))),
  importModule: () => import(`./esm-part.mjs?${storage.getStore()}`).then(({ value }) => value),
  importCommon: () => import('./common.cjs').then((module) => module.default),
  importMissing: () => fail(import(here('nowhere.mjs'))),
  importBroken: () => fail(import(new URL('data:text/javascript,}{'))),
  importJson: () => import(here('data.json'), { with: { type: 'json' } }).then((module) => module.default.value),
}

// The timers of `waitAsync` keep nothing alive.
const alive = setInterval(() => undefined, 5)
for (let round = 0; round < ROUNDS; round++) {
  const order = []
  let lost = 0
  const run = async ([name, work]) => {
    const result = await work()
    const size = result?.byteLength ?? result?.size ?? result?.type ?? result
    order.push(`${name}=${size}`)
    if (storage.getStore() !== round) lost++
  }
  await storage.run(round, () => Promise.all(Object.entries(works).map(run)))
  console.log(round, order.length, 'in the context of', lost === 0 ? 'all' : lost, order.join(' '), Date.now())
}
clearInterval(alive)
console.log('done')
