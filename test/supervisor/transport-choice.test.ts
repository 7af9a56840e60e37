import { expect, test } from 'vitest'
import { bufferWarning } from '../../src/supervisor/transport-choice.js'

test('a kernel that gives sockets too little room is told of, with what to do', () => {
  expect(bufferWarning({ receiveBufferBytes: 4_194_304 })).toBeUndefined()
  const warning = bufferWarning({ receiveBufferBytes: 212_992 })
  expect(warning?.code).toBe('LLFT_W_NET_BUFFERS')
  expect(warning?.what).toBe('The kernel gives UDP sockets a receive buffer of 212992 bytes instead of 4194304.')
  expect(warning?.fix).toBe('sudo sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304')
})
