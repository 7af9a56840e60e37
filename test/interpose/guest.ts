import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')
const GUESTS = fileURLToPath(new URL('../../coverage/guests', import.meta.url))

/** A frame, or another word of the preload, as JSON has it. */
export type Message = Readonly<Record<string, unknown>>

interface Bytes {
  readonly base64: string
}

/** A program in a process of its own on the facilities at the edge, driven by frames (`fixtures/live-edge.cjs`). */
export class Guest {
  readonly folder: string
  readonly file: string
  readonly #process: ChildProcess
  readonly #messages: Message[] = []
  readonly #exited: Promise<unknown>
  #changed: () => void = () => undefined
  #realOutput = ''

  constructor(source: string, name: string) {
    // Inside the repository, so that the program finds the installed packages; not where house rules are checked.
    mkdirSync(GUESTS, { recursive: true })
    this.folder = mkdtempSync(join(GUESTS, 'guest-'))
    this.file = join(this.folder, name)
    writeFileSync(this.file, source)
    const args = ['--expose-internals', '-r', join(FIXTURES, 'live-edge.cjs'), this.file]
    this.#process = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    })
    this.#exited = once(this.#process, 'close')
    // A program that has ended does not read what is still written to it.
    this.#process.stdio[3]?.on('error', () => undefined)
    const [, out, error, , frames] = this.#process.stdio as unknown as [null, Readable, Readable, Writable, Readable]
    for (const stream of [out, error]) stream.on('data', (bytes: Buffer) => (this.#realOutput += bytes.toString()))
    createInterface(frames).on('line', (line) => {
      this.#messages.push(JSON.parse(line) as Message)
      this.#changed()
    })
  }

  send(message: Message): void {
    const { bytes } = message
    const encoded = bytes instanceof Uint8Array ? { base64: Buffer.from(bytes).toString('base64') } : bytes
    const text = JSON.stringify({ ...message, bytes: encoded })
    const input = this.#process.stdio[3] as Writable
    input.write(`${text}\n`)
  }

  /** Opens client connection `stream` on a listener. */
  open(stream: number, more: Message = {}): void {
    const remote = { address: '192.0.2.7', family: 4, port: 50_000 + stream }
    const local = { address: '192.0.2.1', family: 4, port: 8080 }
    this.send({ frame: 'open', stream, listener: 1, remote, local, ...more })
  }

  data(stream: number, text: string | Uint8Array): void {
    this.send({ frame: 'data', stream, bytes: Buffer.from(text as string) })
  }

  /** Waits for a message of the program that matches. */
  async message(matches: (message: Message) => boolean): Promise<Message> {
    return this.#when(() => this.#messages.find(matches))
  }

  frame(name: string): Promise<Message> {
    return this.message((message) => message['frame'] === name)
  }

  /** Waits until everything that the program sent on a stream matches. */
  async received(stream: number, matches: RegExp | string): Promise<string> {
    return this.#when(() => {
      const text = this.sent(stream).toString('latin1')
      return (typeof matches === 'string' ? text.includes(matches) : matches.test(text)) ? text : undefined
    })
  }

  async printed(fd: 1 | 2, matches: RegExp | string): Promise<string> {
    return this.#when(() => {
      const text = this.output(fd)
      return (typeof matches === 'string' ? text.includes(matches) : matches.test(text)) ? text : undefined
    })
  }

  /** The program's end as it was ordered; the process's own code and output do not count. */
  async exit(): Promise<{ readonly code: unknown; readonly signal: unknown }> {
    const { code, signal } = await this.frame('exit')
    return { code, signal }
  }

  sent(stream: number): Buffer {
    return this.#joined((message) => message['frame'] === 'data' && message['stream'] === stream)
  }

  /** How long that is. */
  sentBytes(stream: number): number {
    return this.#messages.reduce((sum, { frame, stream: its, bytes }) => {
      return frame === 'data' && its === stream ? sum + Buffer.byteLength((bytes as Bytes).base64, 'base64') : sum
    }, 0)
  }

  output(fd: 1 | 2): string {
    return this.#joined((message) => message['frame'] === 'output' && message['fd'] === fd).toString()
  }

  get messages(): readonly Message[] {
    return this.#messages
  }

  /** What went to the process's real descriptors: nothing of the program. */
  get realOutput(): string {
    return this.#realOutput
  }

  async close(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
    rmSync(this.folder, { recursive: true, force: true })
  }

  #joined(matches: (message: Message) => boolean): Buffer {
    const parts = this.#messages.filter(matches).map((message) => message['bytes'] as Bytes)
    return Buffer.concat(parts.map(({ base64 }) => Buffer.from(base64, 'base64')))
  }

  async #when<T>(poll: () => T | undefined): Promise<T> {
    const ended = this.#exited.then(() => 'ended')
    for (;;) {
      const found = poll()
      if (found !== undefined) return found
      const changed = new Promise<string>((resolve) => {
        this.#changed = () => resolve('changed')
      })
      if ((await Promise.race([changed, ended])) !== 'ended') continue
      const last = poll()
      if (last !== undefined) return last
      throw new Error(`the program has ended: ${this.#realOutput}\n${JSON.stringify(this.#messages.slice(-10))}`)
    }
  }
}

/** A guest until the test ends. `name`: of the program's file. */
export function startGuest(source: string, name = 'program.cjs'): Guest {
  const guest = new Guest(source, name)
  onTestFinished(() => guest.close())
  return guest
}
