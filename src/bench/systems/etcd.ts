import { join } from 'node:path'
import { missing } from '../ground/installed.js'
import { freePorts, ready } from '../ground/ports.js'
import type { Running } from '../ground/processes.js'
import { startProgram } from './program.js'
import type { Ground, System, SystemKind } from './system.js'

interface EtcdSettings {
  readonly name: string
  readonly settings: string
  readonly inMemory: boolean
  readonly options: readonly string[]
}

const MEMBERS = 3
const STATUS_MS = 1000

/** Three members; each request is a put, which a majority has on disk before it is answered. */
export const ETCD: readonly SystemKind[] = [
  etcd({
    name: 'etcd',
    settings: 'as shipped: log on disk, heartbeat 100 ms, election 1,000 ms',
    inMemory: false,
    options: [],
  }),
  etcd({
    name: 'etcd-tuned',
    settings: 'log in memory (tmpfs), heartbeat 10 ms, election 100 ms',
    inMemory: true,
    options: ['--heartbeat-interval', '10', '--election-timeout', '100', '--pre-vote'],
  }),
]

function etcd(settings: EtcdSettings): SystemKind {
  return {
    name: settings.name,
    title: 'Node + etcd',
    settings: settings.settings,
    masksFaults: false,
    absent: () => missing(['etcd'], 'etcd-server'),
    start: (ground) => start(ground, settings),
  }
}

interface Member {
  readonly name: string
  readonly client: number
  readonly peer: number
}

async function start(ground: Ground, settings: EtcdSettings): Promise<System> {
  const ports = await freePorts(MEMBERS * 2 + 1)
  const members = Array.from({ length: MEMBERS }, (_, at): Member => {
    return { name: `m${at + 1}`, client: ports[at] as number, peer: ports[MEMBERS + at] as number }
  })
  const running = new Map<string, Running>()
  const run = (member: Member): void => {
    running.set(member.name, ground.processes.start('etcd', argumentsOf(member, members, { ground, settings })))
  }
  for (const member of members) run(member)
  const leader = async (): Promise<Member> => {
    for (const { client } of members) {
      const leading = await statusOf(client).catch(() => undefined)
      const found = leading?.leader === undefined ? undefined : await memberWith(leading.leader, members)
      if (found !== undefined) return found
    }
    throw new Error('no leader')
  }
  const complete = async (): Promise<boolean> => {
    const statuses = await Promise.all(members.map(({ client }) => statusOf(client)))
    return statuses.every((status) => status.leader !== undefined && status.leader === statuses[0]?.leader)
  }
  await ready('etcd', complete, { signal: ground.signal })
  const port = ports.at(-1) as number
  const first = await leader()
  const clients = [first, ...members.filter((member) => member !== first)].map(({ client }) => client)
  await startProgram(ground, port, { store: 'etcd', ports: clients, batch: false })
  return {
    port,
    async leader() {
      const { name } = await leader()
      return { name: `the etcd leader, ${name}`, pid: running.get(name)?.pid ?? 0 }
    },
    async heal() {
      for (const member of members) if (running.get(member.name)?.ended === true) run(member)
      await ready('etcd', complete, { signal: ground.signal })
    },
  }
}

function argumentsOf(
  { name, client, peer }: Member,
  members: readonly Member[],
  { ground, settings }: { readonly ground: Ground; readonly settings: EtcdSettings },
): readonly string[] {
  const at = (port: number): string => `http://127.0.0.1:${port}`
  const folder = settings.inMemory ? ground.memoryFolder : ground.folder
  const cluster = members.map((member) => `${member.name}=${at(member.peer)}`).join(',')
  const text =
    `--listen-client-urls ${at(client)} --advertise-client-urls ${at(client)} ` +
    `--listen-peer-urls ${at(peer)} --initial-advertise-peer-urls ${at(peer)} ` +
    `--initial-cluster ${cluster} --logger zap --log-level error`
  return ['--name', name, '--data-dir', join(folder, name), ...text.split(' '), ...settings.options]
}

/** Ids as decimal text: they do not fit a number. */
async function statusOf(
  port: number,
): Promise<{ readonly id: string | undefined; readonly leader: string | undefined }> {
  const response = await fetch(`http://127.0.0.1:${port}/v3/maintenance/status`, {
    method: 'POST',
    body: '{}',
    signal: AbortSignal.timeout(STATUS_MS),
  })
  const { leader, header } = (await response.json()) as { leader?: string; header?: { member_id?: string } }
  return { leader: leader === '0' ? undefined : leader, id: header?.member_id }
}

async function memberWith(id: string, members: readonly Member[]): Promise<Member | undefined> {
  for (const member of members) {
    const status = await statusOf(member.client).catch(() => undefined)
    if (status?.id === id) return member
  }
  return undefined
}
