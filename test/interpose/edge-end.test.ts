import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { startGuest } from './guest.js'
import type { Guest } from './guest.js'

/** What the program would print, and how it would end, on plain Node with its standard streams on pipes. */
function plain(guest: Guest): { readonly out: string; readonly error: string; readonly code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [guest.file], { encoding: 'utf8', env: {} })
  return { out: stdout, error: stderr, code: status }
}

describe('what is printed is what plain Node prints', () => {
  test.each([
    [
      'console',
      `console.log('a', { b: 1 }); console.error('c'); console.table([{ x: 1 }])
       console.dir({ d: [1] }); process.exit()`,
    ],
    [
      'streams',
      `const { stdout, stderr } = process
       console.log(stdout.isTTY, stderr.isTTY, stdout.fd, stderr.fd, stdout._type)
       console.log(stdout.writable, stdout.writableLength, stdout.columns)
       console.log(require('tty').isatty(1), stdout instanceof require('net').Socket)
       console.log(stdout.constructor.name, stdout._isStdio)
       console.log(stdout.write('x\\n', () => console.log('written')))
       stdout.write('68656c6c6f0a', 'hex', () => stdout.end('end\\n', () => {
         stderr.write('ended\\n'); process.exit(3) }))`,
    ],
    [
      'a stream destroyed',
      `process.stdout.on('close', () => { console.error('close'); process.exit() }); process.stdout.destroy()`,
    ],
    [
      'descriptors',
      `const fs = require('fs')
       fs.writeSync(1, 'sync\\n'); fs.writeSync(1, Buffer.from('..buffer\\n..'), 2, 7)
       fs.writevSync(1, [Buffer.from('v'), Buffer.from('ec\\n')])
       fs.writeFileSync(1, 'file\\n'); fs.writeFileSync(2, Buffer.from('two\\n'))
       fs.write(1, 'callback\\n', (error, count) => { fs.writeSync(1, error + ' ' + count + '\\n')
         fs.write(1, Buffer.from('buffer\\n'), () => fs.writev(1, [Buffer.from('vector\\n')], (error, count) => {
           fs.writeSync(1, count + '\\n'); process.exit(0) })) })`,
    ],
    ['a warning', `process.emitWarning('careful', 'W', 'W1'); setTimeout(() => process.exit(), 10)`],
    [
      'pino-like',
      `const stream = require('fs').createWriteStream(null, { fd: 1 })
       stream.write('stream\\n', () => process.exit())`,
    ],
    [
      'a pipeline',
      `const { pipeline, Readable } = require('stream')
       pipeline(Readable.from(['a', 'b\\n']), process.stdout, () => process.exit(0))`,
    ],
  ])('%s', async (_name, source) => {
    const guest = startGuest(source)
    const { code } = await guest.exit()
    const expected = plain(guest)
    expect(guest.output(1)).toBe(expected.out)
    expect(guest.output(2).replaceAll(/\(node:\d+\)/g, '')).toBe(expected.error.replaceAll(/\(node:\d+\)/g, ''))
    expect(code).toBe(expected.code)
    expect(guest.realOutput).toBe('')
  })

  test('output of more than one frame', async () => {
    const guest = startGuest(`process.stdout.write('z'.repeat(100_000) + '\\n', () => process.exit())`)
    await guest.exit()
    expect(guest.output(1)).toBe(`${'z'.repeat(100_000)}\n`)
    expect(guest.messages.filter(({ frame }) => frame === 'output').length).toBe(4)
  })
})

describe('the end is what plain Node makes of it', () => {
  test.each([
    ['exit code', `process.on('exit', (code) => console.log('exit', code)); process.exit(7)`],
    ['exitCode', `process.exitCode = 5; process.on('exit', (code) => console.log('exit', code)); process.exit()`],
    ['an error of the main program', `process.on('exit', (code) => console.log('exit', code))\nnull.x`],
    ['a changed exitCode', `process.on('exit', () => { process.exitCode = 9 })\nthrow new Error('a')`],
    [
      'an error in a timer',
      `setTimeout(() => { throw Object.assign(new Error('boom'), { code: 'X', more: { a: [1] } }) }, 1)`,
    ],
    ['an unhandled rejection', `Promise.reject(new TypeError('rejected'))`],
    ['an unhandled rejection of a value', `Promise.reject(5)`],
    ['an error event', `new (require('events'))().emit('error', new Error('event'))`],
    ['a cause', `throw new Error('outer', { cause: new Error('inner') })`],
    ['a syntax error', `const a = ;`],
    ['a stack overflow', `function f() { f() }\nf()`],
    [
      'handled',
      `process.on('uncaughtException', (error, origin) => { console.log(error.message, origin)
       setTimeout(() => process.exit(2), 1) })
       setTimeout(() => { throw new Error('caught') }, 1)`,
    ],
    [
      'handled rejection',
      `process.on('unhandledRejection', (reason) => { console.log('reason', reason)
       process.exit(4) })
       Promise.reject(1)`,
    ],
    [
      'captured',
      `process.setUncaughtExceptionCaptureCallback((error) => { console.log('captured', error.message)
       process.exit(6) })
       throw new Error('c')`,
    ],
    [
      'an error in a handler',
      `process.on('uncaughtException', () => { throw new Error('second') })\nthrow new Error('first')`,
    ],
  ])('%s', async (_name, source) => {
    const guest = startGuest(source)
    const { code, signal } = await guest.exit()
    const expected = plain(guest)
    const stable = (text: string): string => text.replaceAll(/\n {4}at .*node:internal.*/g, '')
    expect(stable(guest.output(2))).toBe(stable(expected.error))
    expect(guest.output(1)).toBe(expected.out)
    expect({ code, signal }).toEqual({ code: expected.code, signal: 0 })
    expect(guest.realOutput).toBe('')
  })

  test('an error of an ES module', async () => {
    const guest = startGuest(`import 'node:fs'\nthrow new TypeError('esm')`, 'program.mjs')
    expect(await guest.exit()).toEqual({ code: 1, signal: 0 })
    expect(guest.output(2)).toBe(plain(guest).error)
  })

  test('a thrown value', async () => {
    const guest = startGuest(`throw 'text'`)
    expect(await guest.exit()).toEqual({ code: 1, signal: 0 })
    expect(guest.output(2)).toContain('\ntext\n(Use `node --trace-uncaught')
  })

  test('abort', async () => {
    const guest = startGuest('process.abort()')
    expect(await guest.exit()).toEqual({ code: 0, signal: 6 })
  })
})

describe('signals', () => {
  test('handlers run once per signal; without one the default action ends the program', async () => {
    const guest = startGuest(`
      process.on('SIGTERM', (name, number) => console.log('handler', name, number))
      process.once('SIGINT', () => console.log('once'))
      setInterval(() => {}, 1000)`)
    guest.send({ frame: 'signal', signal: 15 })
    await guest.printed(1, 'handler SIGTERM 15\n')
    guest.send({ frame: 'signal', signal: 2 })
    await guest.printed(1, 'once\n')
    guest.send({ frame: 'signal', signal: 2 })
    expect(await guest.exit()).toEqual({ code: 0, signal: 2 })
  })

  test('to itself, as with signal-exit', async () => {
    const guest = startGuest(`
      console.log(process.kill(process.pid, 0), process.kill(0, 0))
      process.on('SIGHUP', () => {
        console.log('hup'); process.removeAllListeners('SIGHUP'); process.kill(process.pid, 'SIGHUP') })
      process.kill(process.pid, 'SIGHUP')
      console.log('later')`)
    expect(await guest.exit()).toEqual({ code: 0, signal: 1 })
    expect(guest.output(1)).toBe('true true\nlater\nhup\n')
  })
})
