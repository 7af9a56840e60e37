// Child processes in every form. What it prints, sorted, is the same on plain Node.
const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

process.chdir(process.argv[2])
const say = (...words) => console.log(...words)

function sync() {
  say(execSync('echo hi; echo err >&2', { stdio: 'pipe' }).toString().trim(), execFileSync('pwd').length > 1)
  say(spawnSync('sh', ['-c', 'cat; exit 3'], { input: 'input' }).output.map(String), spawnSync('nope').error.message)
  try {
    execSync('echo why >&2; exit 5', { stdio: 'pipe' })
  } catch (error) {
    say(error.status, error.message, String(error.stderr))
  }
  say(spawnSync('sleep', ['5'], { timeout: 50 }).error.code, spawnSync('sleep', ['5'], { timeout: 50 }).signal)
  const many = ['-c', '200000', '/dev/zero']
  const cut = spawnSync('head', many, { maxBuffer: 1000 })
  say(cut.error.code, cut.stdout.length >= 1000, spawnSync('head', many).stdout.length)
  say(spawnSync('sh', ['-c', 'echo $X; pwd'], { cwd: '/', env: { PATH: process.env.PATH, X: 'y' } }).stdout.toString())
}

function spawned() {
  const child = spawn('sh', ['-c', 'read x; echo got $x; echo e >&2; sleep 0.05; exit 4'])
  say(typeof child.pid, child.spawnargs)
  child.stdout.on('data', (bytes) => say('out', String(bytes)))
  child.stderr.on('data', (bytes) => say('err', String(bytes)))
  for (const name of ['spawn', 'exit', 'close']) child.on(name, (...args) => say(name, ...args))
  child.stdin.write('line\n')

  const missing = spawn('nope')
  missing.on('error', (error) => say(error.message, error.code)).on('close', (code) => say('missing', code))

  const sleeping = spawn('sleep', ['100'])
  sleeping.on('exit', (code, signal) => {
    say('killed', code, signal, sleeping.kill())
    try {
      process.kill(sleeping.pid, 0)
    } catch (error) {
      say(error.code, error.syscall)
    }
  })
  setTimeout(() => say(process.kill(sleeping.pid, 0), sleeping.kill()), 20)

  const cat = spawn('cat')
  let length = 0
  cat.stdout.on('data', (bytes) => (length += bytes.length)).on('end', () => say('cat', length))
  // More than is taken at once, read by a program that stops in between.
  cat.stdout.pause()
  setTimeout(() => cat.stdout.resume(), 30)
  for (let part = 0; part < 20; part++) cat.stdin.write(Buffer.alloc(4_000, part))
  cat.stdin.end()

  const aborting = new AbortController()
  spawn('sleep', ['100'], { signal: aborting.signal }).on('error', ({ name }) => say(name))
  aborting.abort()
}

function called() {
  exec('pwd; echo $X', { cwd: '/', env: { ...process.env, X: 'y' } }, (error, out) => say(error, out))
  execFile('false', (error) => say('false', error.code, error.killed))
  exec('sleep 5', { timeout: 30 }, (error) => say('timed out', error.killed, error.signal))
}

function wired() {
  fs.writeFileSync('input', 'from a file\n')
  const [input, output] = [fs.openSync('input'), fs.openSync('output', 'a')]
  spawn('sh', ['-c', 'echo to a file; cat'], { stdio: [input, output, 'ignore'] }).on('close', () => {
    say(fs.readFileSync('output', 'utf8'))
    fs.closeSync(output)
  })
}

function forked() {
  const script = path.resolve('forked.cjs')
  fs.writeFileSync(script, `process.on('message', ({ n }) => process.send({ n: n + 1, argument: process.argv[2] }))`)
  const child = fork(script, ['argument'], { execArgv: [] })
  child.on('message', (message) => {
    say('message', message)
    if (message.n < 4) child.send({ n: message.n })
    else child.disconnect()
  })
  child.on('disconnect', () => say('disconnected')).on('exit', (code) => say('fork', code))
  child.send({ n: 0 })
  const failing = fork(path.resolve('nowhere.cjs'), { execArgv: [], silent: true })
  failing.on('close', (code) => say('failing', code)).on('disconnect', () => say('failed'))
}

sync()
spawned()
called()
wired()
forked()
