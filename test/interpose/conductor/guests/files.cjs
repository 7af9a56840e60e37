// Everything that `fs` can do, in a folder that is given. What it prints is the same on plain Node.
const fs = require('node:fs')
const path = require('node:path')
const { pipeline } = require('node:stream/promises')

process.chdir(process.argv[2])
const say = (...words) => console.log(...words)
const attempt = (call) => {
  try {
    say('done', call())
  } catch (error) {
    say(
      error.message,
      JSON.stringify({ ...error, name: error.name }, Object.keys(error).toSorted()),
      error.stack.split('\n')[1],
    )
  }
}

function sync() {
  fs.writeFileSync('a', 'hello')
  fs.appendFileSync('a', ' world')
  fs.appendFileSync('a', Buffer.from('!'))
  say(
    fs.readFileSync('a', 'utf8'),
    fs.readFileSync('a').length,
    fs.statSync('a').size,
    fs.existsSync('a'),
    fs.existsSync('b'),
  )
  const fd = fs.openSync('b', 'w+')
  say(
    fs.writeSync(fd, 'abc'),
    fs.writeSync(fd, Buffer.from('def'), 1, 2),
    fs.writevSync(fd, [Buffer.from('x'), Buffer.from('yz')]),
  )
  say(fs.fstatSync(fd).size, fs.fstatSync(fd, { bigint: true }).size, fs.writeSync(fd, 'A', 0))
  const buffer = Buffer.alloc(20)
  say(
    fs.readSync(fd, buffer, 0, 20, 0),
    buffer.toString('latin1', 0, 8),
    fs.readvSync(fd, [Buffer.alloc(2), Buffer.alloc(9)], 1),
  )
  fs.ftruncateSync(fd, 3)
  fs.fsyncSync(fd)
  fs.fdatasyncSync(fd)
  fs.fchmodSync(fd, 0o600)
  fs.futimesSync(fd, 1, 2)
  fs.closeSync(fd)
  say(
    fs.statSync('b').mtimeMs,
    (fs.statSync('b').mode & 0o777).toString(8),
    fs.lstatSync('b', { bigint: true }).mtimeNs,
  )
  const reading = fs.openSync('b')
  say(fs.readFileSync(reading, 'utf8'), fs.readSync(reading, buffer), fs.fstatSync(reading).size)
  attempt(() => fs.writeSync(reading, Buffer.from('x')))
  fs.closeSync(reading)
  attempt(() => fs.closeSync(reading))
  say(fs.mkdirSync('d/e/f', { recursive: true }), fs.mkdirSync('d/e/f', { recursive: true }))
  say(path.isAbsolute(fs.mkdtempSync('t-')), fs.mkdtempSync(path.resolve('t-')).startsWith(process.cwd()))
  fs.symlinkSync('../a', 'd/l')
  say(fs.readlinkSync('d/l'), path.relative('.', fs.realpathSync('d/l')), fs.readFileSync('d/l', 'utf8'))
  fs.linkSync('a', 'h')
  fs.renameSync('h', 'g')
  fs.copyFileSync('g', 'c')
  fs.utimesSync('c', 3, 4)
  fs.truncateSync('c', 2)
  fs.chmodSync('c', 0o640)
  say(
    fs.readFileSync('c', 'latin1'),
    fs.statSync('c').mode & 0o777,
    fs.accessSync('c'),
    fs.statSync('nope', { throwIfNoEntry: false }),
  )
  fs.unlinkSync('g')
  fs.cpSync('d', 'dd', { recursive: true })
  say(
    fs.readdirSync('dd', { recursive: true }),
    fs.readdirSync('dd', { withFileTypes: true }).map((entry) => entry.isSymbolicLink()),
  )
  fs.rmSync('dd', { recursive: true })
  say(
    fs.readdirSync('.').filter((name) => !name.startsWith('t-')),
    fs.readdirSync(Buffer.from('d'), 'buffer'),
  )
  const before = process.umask(0o077)
  fs.writeFileSync('private', '')
  say(before === process.umask(), process.umask(before).toString(8), (fs.statSync('private').mode & 0o777).toString(8))
  fs.writeFileSync('/dev/null', 'x')
  const nothing = fs.openSync('/dev/null', 'w')
  say(fs.writeSync(nothing, 'abc'), fs.fstatSync(nothing).isCharacterDevice())
  fs.closeSync(nothing)
  say(fs.statfsSync('.').bsize > 0, fs.readFileSync('/proc/self/stat').length > 0)
}

function failures() {
  attempt(() => fs.openSync('a', 'wx'))
  attempt(() => fs.readFileSync('nope'))
  attempt(() => fs.mkdirSync('d'))
  attempt(() => fs.rmdirSync('d'))
  attempt(() => fs.renameSync('nope', 'm'))
  attempt(() => fs.writeFileSync('nope/x', 'y'))
  attempt(() => fs.mkdtempSync('nope/x'))
  attempt(() => fs.copyFileSync('a', 'b', fs.constants.COPYFILE_EXCL))
  attempt(() => fs.readdirSync('nope'))
  attempt(() => fs.opendirSync('nope'))
  attempt(() => fs.readlinkSync('a'))
  try {
    process.chdir('nope')
  } catch (error) {
    say(error.code, error.syscall, error.dest)
  }
  attempt(() => process.umask('x'))
  attempt(() => fs.watch('nope'))
}

async function promised() {
  const files = fs.promises
  await files.writeFile('p', 'x'.repeat(100_000))
  say((await files.readFile('p')).length)
  await files.appendFile('p', 'y')
  const handle = await files.open('p', 'r+')
  say((await handle.read(Buffer.alloc(200_000), 0, 200_000, 0)).bytesRead, (await handle.write('zz', 0)).bytesWritten)
  say((await handle.stat()).size, (await handle.writev([Buffer.from('q')], 2)).bytesWritten)
  await handle.truncate(5)
  await handle.sync()
  await handle.close()
  say(await files.readFile('p', 'utf8'))
  say(await files.mkdir('q/r', { recursive: true }))
  await files.rm('q', { recursive: true })
  await files.rename('p', 'pp')
  await files.copyFile('pp', 'p3')
  await files.unlink('pp')
  await files.access('q').catch((error) => say(error.message, error.stack.split('\n').length > 0))
  await files.open('a', 'wx').catch((error) => say(error.message))
  await files.readFile('nope').catch((error) => say(error.message))
  await files.rmdir('a').catch((error) => say(error.message))
  const names = []
  for await (const entry of await files.opendir('d')) names.push(entry.name)
  say(names.toSorted(), await files.readdir('d', { recursive: true }).then((found) => found.toSorted()))
  const lines = await files.open('a')
  for await (const line of lines.readLines()) say(line)
  const web = await files.open('a')
  for await (const part of web.readableWebStream()) say(Buffer.from(part).toString())
  await web.close()
}

async function streams() {
  const writing = fs.createWriteStream('w')
  for (let line = 0; line < 50; line++) writing.write(`line ${line}\n`)
  await new Promise((resolve) => writing.end(resolve))
  say(fs.readFileSync('w', 'utf8').length, writing.bytesWritten)
  await pipeline(fs.createReadStream('w', { highWaterMark: 100 }), fs.createWriteStream('w2', { flags: 'a' }))
  await pipeline(fs.createReadStream('w', { start: 5, end: 9 }), fs.createWriteStream('w3'))
  say(fs.readFileSync('w2').length, fs.readFileSync('w3', 'utf8'))
  // Reads without a position, several at a time: each goes on where the one before ended.
  const fd = fs.openSync('w')
  const read = () =>
    new Promise((resolve) => {
      const buffer = Buffer.alloc(7)
      fs.read(fd, buffer, 0, 7, null, (error, count) => resolve(`${error} ${count} ${buffer.toString()}`))
    })
  say(await Promise.all([read(), read(), read()]))
  fs.close(fd, (error) => say('closed', error))
}

async function callbacks() {
  const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (error, value) => resolve(error ?? value)))
  say(await call('writeFile', 'cb', '1'), await call('appendFile', 'cb', '2'), await call('readFile', 'cb', 'utf8'))
  const gone = [await call('unlink', 'cb'), await call('unlink', 'cb')]
  say(gone[0], gone[1].message, gone[1].stack)
  say(
    await call('mkdtemp', 'm-').then((made) => made.length),
    (await call('stat', 'a')).size,
    await call('exists', 'a'),
  )
}

async function watching() {
  const events = []
  const watcher = fs.watch('.', (event, name) => events.push(`${event} ${name}`))
  const changed = new Promise((resolve) => {
    fs.watchFile('a', { interval: 20 }, (now, before) => resolve(`${before.size} ${now.size}`))
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  fs.writeFileSync('a', '12345')
  say('changed', await changed, events.includes('change a'))
  fs.unwatchFile('a')
  watcher.on('close', () => say('watched'))
  watcher.close()
}

// Newer Nodes do these in one go, in C++ or in a job of the thread pool.
async function whole() {
  const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (error, value) => resolve(error ?? value)))
  fs.mkdirSync('tree/one/two', { recursive: true })
  fs.writeFileSync('tree/one/two/deep', 'deep')
  fs.writeFileSync('tree/top', 'top')
  fs.utimesSync('tree/top', 5, 6)
  fs.symlinkSync('top', 'tree/link')
  const listed = (name) => fs.readdirSync(name, { recursive: true }).map(String).toSorted().join(' ')
  fs.cpSync('tree', 'tree2', { recursive: true, preserveTimestamps: true })
  say(listed('tree2'), fs.statSync('tree2/top').mtimeMs)
  fs.writeFileSync('tree2/top', 'changed')
  for (const options of [{ force: false }, { verbatimSymlinks: true }]) {
    try {
      fs.cpSync('tree', 'tree2', { recursive: true, ...options })
    } catch (error) {
      say(error.code)
    }
  }
  say(fs.readFileSync('tree2/top', 'utf8'))
  fs.cpSync('tree/top', 'tree2/top', { preserveTimestamps: true })
  say(fs.readFileSync('tree2/top', 'utf8'), fs.statSync('tree2/top').mtimeMs)
  fs.cpSync('tree/top', 'made/by/copy')
  say(fs.readFileSync('made/by/copy', 'utf8'))
  fs.cpSync('tree', 'filtered', { recursive: true, filter: (from) => !from.endsWith('deep') })
  say(listed('filtered'))
  for (const give of [() => fs.cpSync('tree', 'tree/in', { recursive: true }), () => fs.cpSync('tree', 'no')]) {
    try {
      give()
    } catch (error) {
      say(error.code, error.name)
    }
  }
  say(await call('cp', 'tree', 'tree3', { recursive: true }), listed('tree3'))
  await fs.promises.cp('tree', 'tree4', { recursive: true })
  say(listed('tree4'), (await call('cp', 'tree', 'tree5', {})).code, (await call('cp', 'none', 'tree6')).code)
  const entries = await call('readdir', 'tree', { recursive: true, withFileTypes: true })
  say(entries.map((entry) => `${entry.name} ${entry.isFile()}`).toSorted())
  say((await call('rmdir', 'tree3')).code, await call('rm', 'tree3', { recursive: true }), fs.existsSync('tree3'))
  attempt(() => fs.rmSync('tree4'))
  fs.rmSync('tree4', { recursive: true, force: true })
  fs.rmSync('tree4', { force: true })
  say(fs.existsSync('tree4'))
  const part = 'large'.repeat(20_000)
  say(await call('writeFile', 'large', part, { mode: 0o600 }), (fs.statSync('large').mode & 0o777).toString(8))
  for (let parts = 1; parts < 8; parts++) fs.appendFileSync('large', part)
  say((await call('readFile', 'large')).length, (await fs.promises.readFile('large', 'utf8')) === part.repeat(8))
  say(await call('writeFile', 'text', '68656c6c6f', 'hex'), await call('readFile', 'text', 'utf8'))
  say(await call('writeFile', 'text', '!', { flag: 'a' }), await call('readFile', 'text', { encoding: 'latin1' }))
  say((await call('writeFile', 'text', '', { flag: 'wx' })).message, (await call('readFile', 'none')).message)
  say((await call('readFile', 'tree')).code, await call('readFile', 'fresh', { flag: 'w+', encoding: 'utf8' }))
  say(await call('writeFile', '/dev/null', 'x'), (await call('readFile', '/proc/self/stat')).length > 0)
  await fs.promises.writeFile('text', Buffer.from('bytes'), { flag: 'a' })
  say(await fs.promises.readFile('text', { encoding: 'utf8', flag: 'r' }))
  await fs.promises.readFile('tree').catch((error) => say(error.code))
}

sync()
failures()
void promised().then(streams).then(callbacks).then(whole).then(watching)
