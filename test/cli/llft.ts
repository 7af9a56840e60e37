import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const LLFT = fileURLToPath(new URL('../../bin/llft.js', import.meta.url))
/** A command that hangs fails its test with what it printed. */
const END_MS = 30_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `llft` as a user runs it, with a runtime folder of its own. */
export class Shell {
  readonly #runtime = mkdtempSync(join(tmpdir(), 'llft-test-'))
  readonly #started: ChildProcess[] = []

  start(...args: readonly string[]): ChildProcess {
    const env = { ...process.env, XDG_RUNTIME_DIR: this.#runtime, NO_COLOR: '1' }
    const child = spawn(process.execPath, [LLFT, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#started.push(child)
    return child
  }

  run(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(...args))
  }

  close(): void {
    for (const child of this.#started) if (child.exitCode === null) child.kill('SIGKILL')
    rmSync(this.#runtime, { recursive: true, force: true })
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    const bound = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`still running after ${END_MS} ms:\n${stdout}\n${stderr}`))
    }, END_MS)
    child.once('close', (code) => {
      clearTimeout(bound)
      resolve({ code, stdout, stderr })
    })
  })
}
