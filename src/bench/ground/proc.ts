import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Processes end while they are looked at: what cannot be read any more counts as nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function readParents(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>()
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const [, rest = ''] = read(`/proc/${name}/stat`).split(/\) (?=\S )/)
    parents.set(Number(name), Number(rest.split(' ')[1]))
  }
  return parents
}

export function childrenOf(pid: number): readonly number[] {
  return [...readParents()].filter(([, parent]) => parent === pid).map(([child]) => child)
}

/** The processes themselves, their children, and theirs. */
export function treeOf(roots: readonly number[]): readonly number[] {
  const parents = readParents()
  const found = new Set(roots.filter((pid) => parents.has(pid)))
  let grown = true
  while (grown) {
    grown = false
    for (const [pid, parent] of parents) {
      if (found.has(pid) || !found.has(parent)) continue
      found.add(pid)
      grown = true
    }
  }
  return [...found].toSorted((left, right) => left - right)
}

/** Processor time that the threads which still live have had, in nanoseconds. */
export function processorNs(pids: readonly number[]): number {
  let sum = 0
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      sum += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
    }
  }
  return sum
}

/** Memory, with what several processes share counted once. */
export function memoryBytes(pids: readonly number[]): number {
  let sum = 0
  for (const pid of pids) sum += Number(/^Pss: +(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024
  return sum
}

/** UDP datagrams that this network namespace has sent since it was made. */
export function datagramsSent(): number {
  const [, values = ''] = read('/proc/net/snmp')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
  return Number(values.split(' ')[4])
}

/** The ports on which a process sends and receives, TCP and UDP. */
export function localPortsOf(pid: number): readonly number[] {
  const inodes = new Set(list(`/proc/${pid}/fd`).flatMap((fd) => inodeOf(pid, fd)))
  const ports = new Set<number>()
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    for (const line of read(`/proc/${pid}/net/${table}`).split('\n').slice(1)) {
      const [, local = '', , , , , , , , inode = ''] = line.trim().split(/\s+/)
      if (inodes.has(inode)) ports.add(Number.parseInt(local.split(':')[1] ?? '', 16))
    }
  }
  return [...ports].toSorted((left, right) => left - right)
}

function inodeOf(pid: number, fd: string): readonly string[] {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`).match(/(?<=^socket:\[)\d+/) ?? []
  } catch {
    return []
  }
}

/** How many files a process may have open; Node has raised it as far as it may. */
export function openFilesMax(): number {
  return Number(/^Max open files +(\d+)/m.exec(read('/proc/self/limits'))?.[1] ?? Infinity)
}
