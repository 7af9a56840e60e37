import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { AdminServer, removeRuntimeFile, runtimeFolder, writeRuntimeFile } from '../admin/index.js'
import type { GroupStatus } from '../admin/index.js'
import { formatAddress, resolveRunOptions } from '../config/index.js'
import type { Address, RunInput, RunOptions } from '../config/index.js'
import { llftError, LlftError, report } from '../errors/index.js'
import { exitCodeOf, makeGenerations, OutputPump, resolveCommand } from '../supervisor/index.js'
import type { Generations, ProductionTerms } from '../supervisor/index.js'
import { makeStyle, wantsColor } from './style.js'
import type { Surroundings } from './surroundings.js'
import { Talk } from './talk.js'

/**
 * All that can be caught and mean something to a program. Not those that stop a process: the terminal stops `llft run`.
 */
const SIGNALS: readonly NodeJS.Signals[] = [
  'SIGALRM',
  'SIGCONT',
  'SIGHUP',
  'SIGINT',
  'SIGIO',
  'SIGPWR',
  'SIGQUIT',
  'SIGTERM',
  'SIGURG',
  'SIGUSR1',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGWINCH',
]
/** 128 bits cannot be guessed. */
const TOKEN_BYTES = 16

/** `llft run`: returns what the process ends with. */
export async function run(input: Pick<RunInput, 'command' | 'flags'>, surroundings: Surroundings): Promise<number> {
  const { env, cwd } = surroundings
  const options = resolveRunOptions({ ...input, env, directoryName: basename(cwd) })
  requireExecutable(options.command[0], env)
  return runForeground(options, makeGenerations, surroundings)
}

/** A supervisor in the foreground, with its admin address and its runtime file. */
export async function runForeground(
  options: RunOptions,
  make: (terms: ProductionTerms) => Generations,
  surroundings: Surroundings,
): Promise<number> {
  const { env } = surroundings
  const token = randomBytes(TOKEN_BYTES).toString('hex')
  const admin = new AdminServer({ address: options.admin, fixed: options.adminFixed, token })
  const address = await admin.open()
  const runtimeFile = writeRuntimeFile(runtimeFolder(env), {
    group: options.name,
    pid: process.pid,
    admin: address,
    token,
  })
  const foreground = new Foreground(options, { address, make }, surroundings)
  admin.serve(foreground.generations.desk)
  try {
    return await foreground.run()
  } finally {
    admin.close()
    removeRuntimeFile(runtimeFile)
  }
}

/** Before anything is started, so that the error can say what is wrong. */
export function requireExecutable(command: string, env: NodeJS.ProcessEnv): void {
  const resolved = resolveCommand(command, env['PATH'] ?? '')
  if (resolved.found === 'nothing') throw llftError('LLFT_E_GUEST_NOT_FOUND', { command })
  if (resolved.found === 'executable') return
  throw llftError('LLFT_E_GUEST_NOT_EXECUTABLE', {
    command,
    reason: `${resolved.path} is not a file that this user may execute`,
  })
}

/** A run in the foreground of a terminal: output, talk and signals around a supervisor. */
class Foreground {
  readonly generations: Generations
  readonly #stdout = new OutputPump(1)
  readonly #stderr = new OutputPump(2)
  readonly #talk: Talk

  constructor(
    options: RunOptions,
    { address: admin, make }: { readonly address: Address; readonly make: (terms: ProductionTerms) => Generations },
    surroundings: Surroundings,
  ) {
    const { env, version, paths } = surroundings
    this.#talk = new Talk({
      style: makeStyle(wantsColor(env, process.stderr.isTTY)),
      version,
      command: options.command,
      admin: formatAddress(admin),
      startedMs: 0,
      write: (text) => this.#stderr.write(Buffer.from(text)),
      status: (): GroupStatus => this.generations.status,
    })
    this.generations = make({
      options,
      environment: env,
      paths: { node: process.execPath, ...paths },
      output: { stdout: this.#stdout, stderr: this.#stderr },
      openInput: () => process.stdin,
      notice: (notice) => this.#talk.notice(notice),
    })
    const { port } = options.admin
    if (port !== 0 && port !== admin.port) {
      const details = { address: formatAddress(admin), wanted: formatAddress(options.admin) }
      this.#talk.report(report('LLFT_W_ADMIN_PORT', details))
    }
    if (options.replicas === 1) {
      this.#talk.report(report('LLFT_W_ONE_REPLICA', { command: options.command.join(' ') }))
    }
  }

  async run(): Promise<number> {
    const signal = (_name: NodeJS.Signals, number: number): void => this.generations.signal(number)
    for (const name of SIGNALS) process.on(name, signal)
    try {
      return exitCodeOf(await this.generations.run())
    } catch (error) {
      if (!(error instanceof LlftError)) throw error
      this.#talk.report(error)
      return error.exitCode
    } finally {
      this.#talk.close()
      await Promise.all([this.#stdout.drained(), this.#stderr.drained()])
      for (const name of SIGNALS) process.off(name, signal)
    }
  }
}
