import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AdminClient, findRuntimeFiles, runtimeFolder } from '../../admin/index.js'
import { freePorts, isListening, ready } from '../ground/ports.js'
import { programEnvironment } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface GroupSettings {
  readonly name: string
  readonly replicas: number
  /** More of the command line of `llft run`. */
  readonly options?: readonly string[]
}

/** The program under `llft run`. */
export function llft({ name, replicas, options = [] }: GroupSettings): SystemKind {
  const args = ['-r', `${replicas}`, ...options]
  return {
    name,
    title: 'llft run',
    settings: args.join(' '),
    masksFaults: true,
    absent: () => undefined,
    start: (ground) => start(ground, args),
  }
}

async function start(ground: Ground, options: readonly string[]): Promise<System> {
  const { processes, paths, folder, signal } = ground
  const [port = 0] = await freePorts(1)
  const env = { ...programEnvironment(ground, port), XDG_RUNTIME_DIR: folder, NO_COLOR: '1' }
  mkdirSync(join(folder, 'program'))
  const args = [paths.llft, 'run', '--admin', '127.0.0.1:0', ...options, '--', process.execPath, paths.guest]
  const running = processes.start(process.execPath, args, { env, cwd: join(folder, 'program') })
  await ready('llft run', () => isListening(port), { running, signal })
  const [file] = findRuntimeFiles(runtimeFolder({ XDG_RUNTIME_DIR: folder }))
  if (file === undefined) throw new Error('llft run has left no runtime file')
  const admin = new AdminClient(file.admin, file.token)
  const healed = async (): Promise<boolean> => {
    const { replicas, wanted, primary } = await admin.status()
    return primary !== null && replicas.filter(({ state }) => state === 'ready').length === wanted
  }
  await ready('the group', healed, { running, signal })
  return {
    port,
    async roles() {
      const { replicas, gateway } = await admin.status()
      const pids = (role: string): readonly number[] => {
        return replicas.filter((replica) => replica.role === role).flatMap(({ pid }) => pid ?? [])
      }
      const supervisor = [running.pid ?? 0]
      return { primary: pids('primary'), backups: pids('backup'), gateway: [gateway.pid ?? 0], supervisor }
    },
    async leader() {
      const { replicas, primary } = await admin.status()
      const pid = replicas.find(({ id }) => id === primary)?.pid
      if (pid === undefined || pid === null) throw new Error('no primary')
      return { name: `the primary, ${primary}`, pid }
    },
    heal: () => ready('the group', healed, { running, signal }),
    failovers: async () => (await admin.status()).failovers,
  }
}
