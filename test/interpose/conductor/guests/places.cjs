// What AsyncLocalStorage holds in every kind of callback. It prints the same on plain Node.
const { AsyncLocalStorage } = require('node:async_hooks')
const { spawn, exec } = require('node:child_process')
const crypto = require('node:crypto')
const dns = require('node:dns')
const { EventEmitter, once } = require('node:events')
const fs = require('node:fs')
const path = require('node:path')
const { MessageChannel } = require('node:worker_threads')
const zlib = require('node:zlib')

const here = (name) => path.join(process.argv[2], name)
const storage = new AsyncLocalStorage()
const found = []
fs.writeFileSync(here('file'), 'content')

/** `begin` is given the callback, which is called at least once. */
const calls = {
  stat: (seen) => fs.stat(here('file'), seen),
  readFile: (seen) => fs.readFile(here('file'), seen),
  noFile: (seen) => fs.readFile(here('none'), seen),
  writeFile: (seen) => fs.writeFile(here('written'), 'text', seen),
  open: (seen) => fs.open(here('opened'), 'w', (error, fd) => seen(fs.closeSync(fd))),
  closed: (seen) => fs.close(fs.openSync(here('file')), seen),
  mkdir: (seen) => fs.mkdir(here('made'), seen),
  cp: (seen) => fs.cp(here('file'), here('copy'), seen),
  opendir: (seen) => fs.opendir(process.argv[2], (error, dir) => dir.close(seen)),
  stream: (seen) => fs.createReadStream(here('file')).resume().on('end', seen),
  promise: (seen) => fs.promises.readFile(here('file')).then(seen),
  watch: (seen) => {
    const watcher = fs.watch(here('file'), () => watcher.close()).on('close', seen)
    setTimeout(() => fs.utimesSync(here('file'), 1, 1), 50)
  },
  exec: (seen) => exec('echo x', seen),
  spawned: (seen) => spawn('true').on('exit', seen),
  output: (seen) => spawn('echo', ['x']).stdout.on('data', seen),
  input: (seen) => {
    const cat = spawn('cat')
    cat.stdin.write('x', () => cat.stdin.end(seen))
  },
  signal: (seen) => {
    process.once('SIGUSR2', seen)
    process.kill(process.pid, 'SIGUSR2')
  },
  generateKeyPair: (seen) => crypto.generateKeyPair('ed25519', seen),
  generateKey: (seen) => crypto.generateKey('aes', { length: 128 }, seen),
  randomBytes: (seen) => crypto.randomBytes(4, seen),
  pbkdf2: (seen) => crypto.pbkdf2('a', 'b', 10, 8, 'sha256', seen),
  sign: (seen) => crypto.webcrypto.subtle.digest('SHA-256', Buffer.from('x')).then(seen),
  zlib: (seen) => zlib.gzip('x', seen),
  lookup: (seen) => dns.lookup('127.0.0.1', seen),
  timer: (seen) => setTimeout(() => seen(), 1),
  immediate: (seen) => setImmediate(() => seen()),
  tick: (seen) => process.nextTick(seen),
  microtask: (seen) => queueMicrotask(seen),
  message: (seen) => {
    const { port1, port2 } = new MessageChannel()
    port1.on('message', () => {
      port1.close()
      seen()
    })
    port2.postMessage(1)
  },
  emitter: async (seen) => {
    const emitter = new EventEmitter()
    setImmediate(() => emitter.emit('event'))
    await once(emitter, 'event')
    seen()
  },
}

// A child and the console would be two to leave the folder to: one after the other.
async function all() {
  for (const [name, begin] of Object.entries(calls)) {
    await new Promise((resolve) => {
      void storage.run(name, () => begin(() => resolve(found.push(`${name}: ${storage.getStore()}`))))
    })
  }
  console.log(found.join('\n'))
}
void all()
