import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isCode } from '../../src/errors/index.js'
import { startGuest } from './guest.js'

const RSA_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })

const MAJOR = Number.parseInt(process.versions.node, 10)
const FILE = 'LLFT_E_REFUSED_FILE_WRITE'

type Refused = readonly [source: string, code: string, call: string]

const NODE_22: readonly Refused[] = [
  [`new (require('node:sqlite').DatabaseSync)(':memory:')`, 'LLFT_E_REFUSED_SQLITE', 'new DatabaseSync()'],
]
const NODE_26: readonly Refused[] = [
  [`require('perf_hooks').createHistogram({ halfLife: 5 })`, 'LLFT_E_REFUSED_CLOCK', 'perf_hooks.createHistogram()'],
  [
    `require('perf_hooks').createSlidingWindowHistogram({ chunks: 3, chunkDuration: 5 })`,
    'LLFT_E_REFUSED_CLOCK',
    'perf_hooks.createSlidingWindowHistogram()',
  ],
  [`require('node:ffi').dlopen('libc.so.6')`, 'LLFT_E_REFUSED_ADDON', 'ffi.dlopen()'],
]

/** What is done, the code, and what the message calls it. Every call is synchronous or gives a promise. */
const REFUSED: readonly Refused[] = [
  [`new (require('worker_threads').Worker)('./x.js', { stdin: true })`, 'LLFT_E_REFUSED_WORKER', 'new Worker()'],
  [`require('cluster').fork()`, 'LLFT_E_REFUSED_CLUSTER', 'cluster/primary.fork()'],
  [`require('net').connect('/tmp/x.sock')`, 'LLFT_E_REFUSED_PIPE', 'net.connect()'],
  [`require('net').createServer().listen('/tmp/x.sock')`, 'LLFT_E_REFUSED_PIPE', 'net.listen()'],
  [`require('v8').writeHeapSnapshot()`, FILE, 'v8.writeHeapSnapshot()'],
  [`require('v8').getHeapSnapshot()`, 'LLFT_E_REFUSED_HEAP', 'v8.getHeapSnapshot()'],
  [`require('v8').queryObjects(Object)`, 'LLFT_E_REFUSED_HEAP', 'v8.queryObjects()'],
  [`require('vm').measureMemory()`, 'LLFT_E_REFUSED_HEAP', 'vm.measureMemory()'],
  [`process.report.writeReport('x')`, FILE, ''],
  [`fs.openAsBlob(__filename)`, 'LLFT_E_REFUSED_FILE_BLOB', 'fs.openAsBlob()'],
  [`process._debugProcess(process.pid)`, 'LLFT_E_REFUSED_INSPECTOR', ''],
  [`process.dlopen({ exports: {} }, '/app/node_modules/bcrypt/bcrypt.node')`, 'LLFT_E_REFUSED_ADDON', ''],
  [`require('inspector').open()`, 'LLFT_E_REFUSED_INSPECTOR', ''],
  [`new (require('inspector').Session)().connect()`, 'LLFT_E_REFUSED_INSPECTOR', ''],
  [`process.setuid(1)`, 'LLFT_E_REFUSED_IDENTITY', ''],
  [`new (require('wasi').WASI)({ version: 'preview1' })`, FILE, 'new WASI()'],
  ...(MAJOR >= 24 ? [[`process.execve('/bin/true')`, 'LLFT_E_REFUSED_EXECVE', 'process.execve()'] as const] : []),
  [`process.kill(process.pid, 'SIGSTOP')`, 'LLFT_E_REFUSED_SIGNAL', ''],
  ...(MAJOR >= 22 ? NODE_22 : []),
  ...(MAJOR >= 26 ? NODE_26 : []),
]

describe('refusals', () => {
  test('each names its code, the call and the line of the program', async () => {
    const lines = REFUSED.map(([source]) => `  () => ${source},`).join('\n')
    const guest = startGuest(`const fs = require('fs'), crypto = require('crypto'), attempts = [
${lines}
]
const report = (index, error) => console.log(JSON.stringify([index, error.code, error.message]))
const all = attempts.map(async (attempt, index) => {
  try { await attempt(); report(index, {}) } catch (error) { report(index, error.cause ?? error) }
})
Promise.all(all).then(() => process.exit())`)
    await guest.exit()
    const reports = guest
      .output(1)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [number, string, string])
    const failures: unknown[] = []
    for (const [index, [source, code, call]] of REFUSED.entries()) {
      const found = reports.find(([at]) => at === index)
      const place = `at ${guest.file}:${index + 2} is refused: `
      if (found?.[1] !== code || !found[2].includes(place) || !found[2].startsWith(`${code}: ${call}`))
        failures.push([source, found])
    }
    expect(failures).toEqual([])
    expect(reports.length).toBe(REFUSED.length)
    expect(REFUSED.filter(([, code]) => !isCode(code))).toEqual([])
  })

  test('what is allowed works', async () => {
    const guest = startGuest(`
      const fs = require('fs'), crypto = require('crypto')
      fs.writeFileSync('/dev/null', 'x'); fs.closeSync(fs.openSync('/dev/null', 'w'))
      process.chdir('/')
      console.log(process.stdin.isTTY, process.stdin.fd, fs.readFileSync(__filename, 'utf8').length > 9)
      process.stdin.pause(); process.stdin.unref(); process.stdin.on('end', () => {})
      const key = ${JSON.stringify(RSA_KEY)}
      const padding = crypto.constants.RSA_PKCS1_PSS_PADDING, publicKey = crypto.createPublicKey(key)
      const signature = crypto.sign('sha256', Buffer.from('x'), { key, padding })
      console.log(crypto.verify('sha256', Buffer.from('x'), { key: publicKey, padding }, signature))
      console.log(crypto.createSign('sha256').update('x').sign(key, 'base64').length)
      console.log(crypto.privateDecrypt(key, crypto.publicEncrypt(publicKey, Buffer.from('secret'))).toString())
      try { crypto.createSign('sha256').update('x').sign('nonsense') } catch (error) { console.log(error.code) }
      crypto.sign('sha256', Buffer.from('x'), key, (error, made) => {
        console.log(error, made.length)
        const { subtle } = crypto
        subtle.importKey('raw', Buffer.alloc(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
          .then((hmac) => subtle.sign('HMAC', hmac, Buffer.from('x'))).then((made) => {
            console.log(made.byteLength)
            require('dns').lookup('localhost', (error, address) => {
              console.log(error, address === '127.0.0.1' || address === '::1')
              require('dns').lookup('192.0.2.1', (error, address) => { console.log(address); process.exit() })
            })
          })
      })`)
    await guest.exit()
    expect(guest.output(1)).toBe(
      'undefined 0 true\ntrue\n344\nsecret\nERR_OSSL_UNSUPPORTED\nnull 256\n32\nnull true\n192.0.2.1\n',
    )
    expect(guest.output(2)).toBe('')
  })

  test('in a dependency both lines are named', async () => {
    const guest = startGuest(`
      const Module = require('module')
      const dependency = new Module('/app/node_modules/dep/index.js')
      dependency._compile("module.exports = () => process.setuid(1)", '/app/node_modules/dep/index.js')
      try { dependency.exports() } catch (error) { console.log(error.message); process.exit() }`)
    await guest.exit()
    expect(guest.output(1)).toContain(
      `process.setuid() at /app/node_modules/dep/index.js:1 (called from ${guest.file}:5) is refused: `,
    )
  })
})

describe('WeakRef and FinalizationRegistry', () => {
  test('nothing tells them from the originals, and nothing of the collector shows', async () => {
    const guest = startGuest(`
      const v8 = require('v8'), vm = require('vm')
      v8.setFlagsFromString('--expose-gc')
      const gc = vm.runInNewContext('gc')
      const check = (name, value) => { if (!value) console.log('FAILED', name) }
      for (const [name, length] of [['WeakRef', 1], ['FinalizationRegistry', 1]]) {
        const Type = globalThis[name], descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
        check(name + ' name', Type.name === name && Type.length === length && Type.prototype.constructor === Type)
        check(name + ' descriptor', descriptor.writable && descriptor.configurable && !descriptor.enumerable)
        check(name + ' prototype', !Object.getOwnPropertyDescriptor(Type, 'prototype').writable)
        try { Type({}); check(name + ' call') } catch (error) {
          check(name + ' call', error instanceof TypeError && error.message.includes(name)) }
        class Sub extends Type {}
        const made = new Sub(() => {})
        check(name + ' subclass', made instanceof Sub && made instanceof Type)
        check(name + ' tag', String(made) === '[object ' + name + ']')
      }
      try { new WeakRef(1); check('primitive') } catch (error) { check('primitive', error instanceof TypeError) }
      let called = 0
      const registry = new FinalizationRegistry(() => called++), token = {}
      const { register, unregister } = FinalizationRegistry.prototype
      check('methods', register.name === 'register' && register.length === 2)
      check('unregister', unregister.length === 1 && !('prototype' in register))
      try { registry.register(1); check('target') } catch (error) { check('target', error instanceof TypeError) }
      try { registry.register(token, token); check('same') } catch (error) { check('same', error instanceof TypeError) }
      try { registry.register({}, 1, 1); check('token') } catch (error) { check('token', error instanceof TypeError) }
      try { register.call({}, {}); check('receiver') } catch (error) { check('receiver', error instanceof TypeError) }
      const references = []
      for (let index = 0; index < 1000; index++) references.push(new WeakRef({ index }))
      registry.register({}, 1, token)
      setTimeout(() => { gc(); setTimeout(() => {
        gc()
        check('strong', references.every((reference, index) => reference.deref()?.index === index))
        check('silent', called === 0)
        check('unregister', registry.unregister(token) === true && registry.unregister(token) === false)
        console.log('done'); process.exit()
      }, 10) }, 10)`)
    await guest.exit()
    expect(guest.output(1)).toBe('done\n')
    expect(guest.output(2)).toBe('')
  })
})
