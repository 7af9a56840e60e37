import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { GROUP } from '../../../src/message/index.js'
import { expectSame } from '../conductor/expect-same.js'
import { type GuestOptions, type Run, runGuest } from '../conductor/run-guest.js'

const { gateway, console: supervisor } = GROUP
/** What the program has to do in between is done by then, also on a busy machine. */
const STEP_MS = 25
const name = { address: '127.0.0.1', family: 4, port: 3000 }

/** Also with a machine that does much else. */
const GUEST_BOUND_MS = 60_000
/** Two guests, and some more. */
export const GUESTS_MS = 240_000

export type Step = readonly [afterMs: number, group: number, frame: object, said?: string]

/** What comes to the program, one step after the other. */
export const step = {
  open: (stream: number): Step => [
    STEP_MS,
    gateway,
    { frame: 'open', stream, listener: 1, remote: { ...name, port: 5000 + stream }, local: name },
  ],
  data: (stream: number, bytes: string | Uint8Array): Step => [
    STEP_MS,
    gateway,
    { frame: 'data', stream, bytes: Buffer.from(bytes as string).toString('latin1') },
  ],
  of: (frame: string, stream: number, more: object = {}): Step => [STEP_MS, gateway, { frame, stream, ...more }],
  save: (said = ''): Step => [STEP_MS, gateway, { frame: 'snapshot', ask: 'save', bytes: '' }, said],
  thaw: (afterMs = STEP_MS): Step => [afterMs, gateway, { frame: 'snapshot', ask: 'thaw', bytes: '' }],
  restore: (value: Uint8Array): Step => [
    STEP_MS * 2,
    gateway,
    { frame: 'snapshot', ask: 'restore', bytes: Buffer.from(value).toString('latin1') },
  ],
  /** The process is killed when the program has said this. */
  die: (said: string): Step => [STEP_MS, gateway, { frame: 'die' }, said],
  lost: (afterMs = STEP_MS): Step => [afterMs, gateway, { frame: 'lost' }],
  up: (): Step => [STEP_MS, gateway, { frame: 'up' }],
  signal: (signal: number): Step => [STEP_MS, supervisor, { frame: 'signal', signal }],
} as const

export const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`

/** The program ends by itself when this is answered. */
export const end = (stream: number): readonly Step[] => [
  step.data(stream, get('/end', 'Connection: close\r\n')),
  step.of('end', stream),
]

export const asWebSocket = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'

export function run(options: GuestOptions): Promise<Run> {
  return runGuest('snapshot.cjs', { ...options, boundMs: GUEST_BOUND_MS })
}

/** What a primary does, and a backup after it. */
export async function runBoth(options: GuestOptions): Promise<Run> {
  const live = await run(options)
  expect(live.errors).toBe('')
  const { script: _, ...others } = options
  expectSame(await run({ ...others, follow: live }), live)
  return live
}

interface Snapshotted {
  readonly frame: string
  readonly outcome: string
  readonly bytes: string
}

export function answers(run: Run): readonly Snapshotted[] {
  const frames = run.frames.map((text) => JSON.parse(text) as Snapshotted)
  return frames.filter(({ frame }) => frame === 'snapshotted')
}

export function reasons(run: Run): readonly string[] {
  return answers(run).flatMap(({ outcome, bytes }) => (['declined', 'failed'].includes(outcome) ? [bytes] : []))
}

interface Line {
  readonly received?: { readonly frame: { readonly frame: string; readonly ask?: string } }
  readonly frame?: { readonly frame: string; readonly bytes?: string; readonly outcome?: string }
}

/** What came and what left, in the order in which it did, in a word each. */
export function story(run: Run): readonly string[] {
  const lines = readFileSync(run.file, 'utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => {
    const { received, frame } = JSON.parse(line) as Line
    if (received !== undefined) return [received.frame.ask ?? received.frame.frame]
    if (frame === undefined) return []
    return [frame.frame === 'output' ? (frame.bytes ?? '').trim() : (frame.outcome ?? frame.frame)]
  })
}
