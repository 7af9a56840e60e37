import { constants } from 'node:os'
import { describe, expect, test, vi } from 'vitest'
import { SNAPSHOT_BYTES_MAX } from '../../../src/message/index.js'
import { maskedFrame } from './frames.js'
import { clientChunks } from '../conductor/h2-client.js'
import { answers, asWebSocket, end, get, GUESTS_MS, reasons, runBoth, step } from './script.js'

vi.setConfig({ testTimeout: GUESTS_MS })

const FLOOD_BYTES = 300 * 1024

const message = maskedFrame('hello')

describe('what is under way declines a snapshot', () => {
  test('of HTTP/1', async () => {
    const post = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n'
    const script = [
      [step.open(1), step.data(1, get('/a').slice(0, 20)), step.save()],
      [step.data(1, get('/a').slice(20)), step.data(1, post.slice(0, 9)), step.save()],
      [step.data(1, `${post.slice(9)}ab`), step.save(), step.data(1, 'cd')],
      [step.open(2), step.data(2, get('/never')), step.save(), step.of('reset', 2)],
      // Nothing yet, and between two requests.
      [step.open(3), step.save(), step.thaw(), ...end(1), step.of('end', 3)],
    ].flat()
    const live = await runBoth({ script })
    expect(reasons(live)).toEqual([
      'a request is half read',
      'a request is half read',
      'a response is not finished',
      'a response is not finished',
    ])
    expect(answers(live).map(({ outcome }) => outcome)).toEqual([
      'offered',
      'declined',
      'declined',
      'declined',
      'declined',
      'saved',
    ])
  })

  test('of a connection that has left HTTP', async () => {
    const upgrade = (path: string): string => get(path, asWebSocket)
    const script = [
      [step.open(1), step.data(1, upgrade('/unanswered')), step.save(), step.of('reset', 1)],
      [step.open(2), step.data(2, upgrade('/compressed')), step.save(), step.of('reset', 2)],
      [step.open(3), step.data(3, upgrade('/paused')), step.data(3, message), step.save(), step.of('reset', 3)],
      [step.open(4), step.data(4, upgrade('/flood')), step.save()],
      [step.of('credit', 4, { taken: FLOOD_BYTES }), step.data(4, message.subarray(0, 7)), step.save()],
      [step.data(4, message.subarray(7)), step.of('end', 4), step.save(), step.of('reset', 4)],
      [step.open(5), step.data(5, upgrade('/body').replace('\r\n', '\r\nContent-Length: 2\r\n')), step.data(5, 'ab')],
      [step.save(), step.of('reset', 5), step.open(6), step.data(6, upgrade('/echo')), step.data(6, message)],
      [step.open(7), step.data(7, get('x:1', '').replace('GET', 'CONNECT')), step.data(7, 'not a frame')],
      [step.save(), step.thaw(), step.of('reset', 6), step.of('reset', 7), step.open(8), ...end(8)],
    ].flat()
    const live = await runBoth({ script })
    expect(reasons(live)).toEqual([
      'a request to leave HTTP is not answered yet',
      'a WebSocket with compression cannot be moved',
      'bytes of a client are not read',
      'bytes for a client wait',
      'a WebSocket message is half read',
      'a connection is about to end',
      'a connection that left HTTP by a request with a body cannot be moved',
    ])
    const frames = live.frames.map((text) => JSON.parse(text) as { frame: string; stream?: number; bytes?: string })
    const saved = live.frames.findIndex((text) => text.includes('"saved"'))
    expect(frames.slice(saved - 2, saved)).toEqual([
      { frame: 'upgraded', stream: 6, bytes: upgrade('/echo') },
      { frame: 'upgraded', stream: 7, bytes: 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n' },
    ])
  })

  test('a session of HTTP/2', async () => {
    const [chunk] = await clientChunks(['/a'], 'x')
    const script = [step.open(1), step.data(1, chunk as Buffer), step.save(), step.signal(constants.signals.SIGTERM)]
    const live = await runBoth({ script, args: ['http2'] })
    expect(reasons(live)).toEqual(['HTTP/2 connections cannot be moved'])
  })

  test('a worker, until it has ended', async () => {
    const script = [step.open(1), step.save(), step.data(1, get('/stop')), step.save('stopped'), step.thaw(), ...end(1)]
    const live = await runBoth({ script, args: ['worker'] })
    expect(answers(live).map(({ outcome }) => outcome)).toEqual(['offered', 'declined', 'saved'])
    expect(reasons(live)).toEqual(['worker threads run'])
    expect(answers(live)[2]?.bytes).toContain('visits')
  })
})

test.each([
  ['none', [], 'the program offers no snapshot (llft/app)'],
  ['later', ['offered'], 'save() said not now'],
  ['throws', ['offered'], 'save() failed: no room'],
  ['promise', ['offered'], 'what save() returned cannot be carried: #<Promise> could not be cloned.'],
  ['large', ['offered'], /^what save\(\) returned takes 16777\d+ bytes, of 15728640 at most$/],
])('a program whose offer is `%s` declines', async (how, before, reason) => {
  const live = await runBoth({ script: [step.open(1), step.save(), ...end(1)], args: [how] })
  expect(answers(live).map(({ outcome }) => outcome)).toEqual([...before, 'declined'])
  expect(reasons(live)).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)])
  expect(SNAPSHOT_BYTES_MAX).toBe(15_728_640)
})
