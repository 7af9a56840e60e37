import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

/**
 * Reads process group ids, one per line, `-id` to take one back. When the input ends, which is also what the kernel
 * does to a supervisor that is killed, every group left is killed and the paths given as arguments are removed.
 */
const SCRIPT = `trap '' HUP INT TERM
groups=
while read -r line; do
  case $line in
    -*) kept=
        for group in $groups; do [ "$group" = "\${line#-}" ] || kept="$kept $group"; done
        groups=$kept ;;
    *) groups="$groups $line" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
rm -rf -- "$@"`

/** Outlives its supervisor just long enough to leave nothing behind: no process, no runtime folder. */
export class Reaper {
  readonly #process: ChildProcess
  readonly #ended: Promise<void>

  /** `leftovers`: the paths to remove at the end. */
  constructor(leftovers: readonly string[]) {
    this.#process = spawn('/bin/sh', ['-c', SCRIPT, 'llft-reaper', ...leftovers], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Its own session: what ends the terminal's foreground group must not end the reaper.
      detached: true,
      cwd: '/',
    })
    this.#ended = new Promise((resolve) => this.#process.once('close', () => resolve()))
    this.#process.on('error', () => undefined)
    this.#process.stdin?.on('error', () => undefined)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  watch(groupId: number): void {
    this.#process.stdin?.write(`${groupId}\n`)
  }

  forget(groupId: number): void {
    this.#process.stdin?.write(`-${groupId}\n`)
  }

  /** Ends the input; resolves when everything has been killed and removed. */
  close(): Promise<void> {
    this.#process.stdin?.end()
    return this.#ended
  }
}
