'use strict'

// A preload as the real one, but it only attaches, and says on stdout what it got.
const preload = __filename
const { emitWarning } = process
process.emitWarning = () => {}
const { readSync } = require('node:fs')
const { join } = require('node:path')
const dist = join(__dirname, '../../dist')
const { internalBinding } = require('internal/test/binding')
const { SystemClock, SystemEntropy } = require(join(dist, 'adapters/index.js'))
const { attach } = require(join(dist, 'preload/attach.js'))
process.emitWarning = emitWarning
const { UDP, SendWrap } = internalBinding('udp_wrap')
const loaded = ['net', 'dgram', 'crypto', 'http'].filter((name) =>
  process.moduleLoadList.includes(`NativeModule ${name}`),
)
const got = attach({
  binding: { UDP, SendWrap, readSync },
  clock: new SystemClock(),
  entropy: new SystemEntropy(),
  preload,
})
const told = got === 'pass' ? got : { ...got, transport: got.transport.locator }
process.stdout.write(`${JSON.stringify({ got: told, loaded })}\n`)
