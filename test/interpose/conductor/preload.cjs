'use strict'

// Composition root of a test replica: like the real preload, with a recorded group in place of the driver.
const { readSync } = require('node:fs')
const { emitWarning } = process
process.emitWarning = () => {}
const { ReplicaClock, install, installThread, openInternals, selfTest } = require('../../../dist/interpose/index.js')
process.emitWarning = emitWarning
const { ReplicaUdp, parseLocator } = require('../../../dist/adapters/index.js')
const { RecordedGroup } = require('./recorded-group.cjs')

const internals = openInternals()
if (internals.binding('worker').isMainThread) becomeReplica(JSON.parse(process.env.LLFT_TEST_REPLICA))
else installThread(internals)

function becomeReplica(options) {
  delete process.env.LLFT_TEST_REPLICA
  const log = (line) => internals.processMethods._rawDebug(line)
  const problem = selfTest(internals, false)
  if (problem !== undefined) {
    log(`self-test: ${problem}`)
    internals.processMethods.reallyExit(90)
  }
  const clock = new ReplicaClock(internals)
  const { UDP, SendWrap } = internals.binding('udp_wrap')
  const hostOf = (address) => ({
    transport: new ReplicaUdp({ UDP, SendWrap, readSync }),
    locator: parseLocator(address),
  })
  const host = options.host === undefined ? undefined : hostOf(options.host)
  const group = new RecordedGroup({ ...options, clock, host })
  const founding = { seed: '5a'.repeat(32), pid: 4711, ppid: 4710, hostname: 'llft-test' }
  const onRecorded = () => group.note({ recorded: true })
  const onDigest = (index, digest) => group.note({ index, digest })
  group.listener = install({ internals, clock, group, founding, hooksOff: options.hooksOff, onDigest, onRecorded, log })
  group.listener.start()
}
