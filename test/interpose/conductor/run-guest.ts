import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { openHost } from './host.js'

/** A guest that waits for what never comes is stopped; its digests up to there count. */
const GUEST_BOUND_MS = 15_000

export interface Run {
  readonly code: number | null
  readonly errors: string
  readonly entries: readonly Buffer[]
  readonly output: string
  readonly frames: readonly string[]
  /** Digest by history index. */
  readonly digests: ReadonlyMap<number, number>
  /** The history index at which the replica became the primary. */
  readonly promoted: number | undefined
  readonly file: string
}

export interface GuestOptions {
  readonly follow?: Run
  readonly cut?: number
  readonly hooksOff?: readonly string[]
  readonly script?: readonly (readonly [afterMs: number, group: number, frame: object, said?: string])[]
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly boundMs?: number
  /** What the program asks of its host is done. */
  readonly host?: true
  /** Its standard input, in pieces. */
  readonly input?: readonly string[]
}

const folder = new URL('.', import.meta.url).pathname

export async function runGuest(guest: string, options: GuestOptions = {}): Promise<Run> {
  const place = mkdtempSync(join(tmpdir(), 'llft-guest-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  const file = join(place, 'record')
  const { follow, cut, hooksOff, script } = options
  const host = options.host === true ? await openHost(options.input) : undefined
  const replica = JSON.stringify({ file, follow: follow?.file, cut, hooksOff, script, host })
  const flags = ['--expose-internals', ...(options.flags ?? []), '-r', join(folder, 'preload.cjs')]
  const child = spawn(process.execPath, [...flags, resolve(folder, 'guests', guest), ...(options.args ?? [])], {
    env: { ...process.env, ...options.env, LLFT_TEST_REPLICA: replica },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const bound = setTimeout(() => child.kill('SIGKILL'), options.boundMs ?? GUEST_BOUND_MS)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(bound)
  return { code, errors, file, ...read(file) }
}

interface Line {
  readonly entry?: string
  readonly frame?: { readonly frame: string; readonly bytes?: string }
  readonly index?: number
  readonly digest?: number
  readonly promoted?: number
}

function read(file: string): Pick<Run, 'entries' | 'output' | 'frames' | 'digests' | 'promoted'> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const records = lines.map((line) => JSON.parse(line) as Line)
  const frames = records.flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
  return {
    entries: records.flatMap(({ entry }) => (entry === undefined ? [] : [Buffer.from(entry, 'base64')])),
    frames: frames.map((frame) => JSON.stringify(frame)),
    output: frames.flatMap((frame) => (frame.frame === 'output' ? [frame.bytes ?? ''] : [])).join(''),
    digests: new Map(records.flatMap(({ index, digest }) => (digest === undefined ? [] : [[index ?? 0, digest]]))),
    promoted: records.find(({ promoted }) => promoted !== undefined)?.promoted,
  }
}
