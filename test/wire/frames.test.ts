import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/message/index.js'
import { decodeFrame, FrameEncoder } from '../../src/wire/index.js'

const number = fc.nat(2 ** 31 - 1)
const name = fc.record({
  address: fc.string({ unit: 'binary', maxLength: 30 }),
  family: fc.constantFrom(4, 6),
  port: fc.nat(65535),
})
const json = fc.option(fc.record({ json: fc.json({ maxDepth: 1 }) }), { nil: undefined })
const bytes = fc.uint8Array({ maxLength: 100 })

const frames = fc.oneof(
  fc.record({ frame: fc.constant('open'), stream: number, listener: number, remote: name, local: name, tls: json }),
  fc.record({
    frame: fc.constant('listening'),
    listener: number,
    errno: fc.integer({ min: -4095, max: 0 }),
    bound: name,
  }),
  fc.record({ frame: fc.constant('data'), stream: number, bytes }),
  fc.record({ frame: fc.constant('credit'), stream: number, taken: number }),
  fc.record({ frame: fc.constantFrom('end', 'reset', 'close'), stream: number }),
  fc.record({
    frame: fc.constant('listen'),
    listener: number,
    name,
    backlog: number,
    ipv6Only: fc.boolean(),
    tls: json,
  }),
  fc.record({ frame: fc.constant('unlisten'), listener: number }),
  fc.record({
    frame: fc.constant('connect'),
    stream: number,
    remote: name,
    local: fc.option(name, { nil: undefined }),
  }),
  fc.record({
    frame: fc.constant('connected'),
    stream: number,
    errno: fc.integer({ min: -4095, max: 0 }),
    remote: name,
    local: name,
  }),
  fc.record({
    frame: fc.constantFrom('secure', 'secured'),
    stream: number,
    tls: fc.record({ json: fc.json({ maxDepth: 1 }) }),
  }),
  fc.record({ frame: fc.constantFrom('resolve', 'resolved'), question: number, json: fc.json({ maxDepth: 1 }) }),
  fc.record({ frame: fc.constant('snapshot'), ask: fc.constantFrom('save', 'thaw', 'restore'), bytes }),
  fc.record({ frame: fc.constant('upgraded'), stream: number, bytes }),
  fc.record({
    frame: fc.constant('snapshotted'),
    outcome: fc.constantFrom('offered', 'saved', 'declined', 'restored', 'failed'),
    bytes,
  }),
  fc.record({ frame: fc.constant('signal'), signal: fc.nat(64) }),
  fc.record({ frame: fc.constant('output'), fd: fc.constantFrom(1, 2), bytes }),
  fc.record({ frame: fc.constant('exit'), code: fc.nat(255), signal: fc.nat(64), uncaught: fc.boolean() }),
) as fc.Arbitrary<Frame>

describe('the frame codec', () => {
  test('gives every frame back as it was', () => {
    const encoder = new FrameEncoder()
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(encoder.encode(frame).slice())).toEqual(frame)
      }),
      { numRuns: 1000 },
    )
  })

  test('gives back what fills many datagrams', () => {
    const bytes = new Uint8Array(16_000_000).map((_, at) => at % 251)
    const output = decodeFrame(new FrameEncoder().encode({ frame: 'output', fd: 1, bytes }))
    expect(output?.frame === 'output' && Buffer.compare(output.bytes, bytes)).toBe(0)
    const json = '\u20ac'.repeat(100_000)
    const name = { address: '::', family: 6, port: 0 } as const
    const listen: Frame = { frame: 'listen', listener: 1, name, backlog: 1, ipv6Only: false, tls: { json } }
    const decoded = decodeFrame(new FrameEncoder().encode(listen))
    expect(decoded?.frame === 'listen' && decoded.tls?.json === json).toBe(true)
  })

  test('never throws, and takes nothing that was cut short', () => {
    const encoder = new FrameEncoder()
    fc.assert(
      fc.property(frames, fc.nat(), bytes, (frame, cut, noise) => {
        const payload = encoder.encode(frame).slice()
        expect(decodeFrame(payload.subarray(0, cut % payload.length))).toBeUndefined()
        expect(() => decodeFrame(noise)).not.toThrow()
      }),
    )
  })
})
