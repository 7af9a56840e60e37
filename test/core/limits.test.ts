import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/core/index.js'
import { ENTRY_BYTES_MAX, MESSAGE_BYTES_MAX } from '../../src/message/index.js'

const DATAGRAM_BYTES_MAX = 65_507
const HEADER_BYTES_MAX = 512

test('the limits fit each other', () => {
  const limits = DEFAULT_LIMITS
  expect(limits.payloadBytesMax + limits.orderBytesMax + HEADER_BYTES_MAX).toBeLessThan(DATAGRAM_BYTES_MAX)
  expect(ENTRY_BYTES_MAX).toBeLessThan(limits.orderBytesMax)
  expect(limits.orderRepeatBytesMax).toBeLessThan(limits.orderBytesMax)
  expect(limits.payloadBytesMax).toBeLessThan(limits.flightBytesMax)
  expect(limits.ackBytesMax).toBeLessThan(limits.flightBytesMax)
  expect(limits.flightBytesMax).toBeLessThan(limits.backlogBytesMax)
  expect(limits.receiveBytesMax).toBeGreaterThanOrEqual(2 * MESSAGE_BYTES_MAX)
  expect(limits.orphanTimeout).toBeGreaterThan(limits.backupSilenceMax)
  expect(limits.backupSilenceMax).toBeGreaterThan(2 * limits.recoveryTimeout)
  // An acknowledgement that waits for data to ride on must come before the sender sends again.
  expect(limits.ackDelay + limits.fanOutDelay + limits.secondAckDelay).toBeLessThan(limits.retransmitDelayMin)
  expect(limits.probeDelay).toBeGreaterThanOrEqual(limits.ackDelay)
  expect(10 * limits.probeDelay).toBeLessThan(limits.retransmitDelayMin)
  // A reflection must have had its chance before the heartbeat does its work.
  expect(limits.fanOutDelay + limits.secondAckDelay).toBeLessThan(limits.idleOrderDelay)
  expect(limits.repeatDelay).toBeLessThan(limits.recoveryTimeout)
})
