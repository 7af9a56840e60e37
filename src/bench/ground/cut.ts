import { spawnSync } from 'node:child_process'
import { missing } from './installed.js'
import { isInOwnNetwork } from './own-network.js'
import { localPortsOf } from './proc.js'

/** A process opens new connections while it is cut off: they are found this often. */
const REFRESH_MS = 50
const TABLE = 'llft_bench_cut'

/** Why no link can be cut here; undefined when it can. */
export function cannotCut(): string | undefined {
  if (!isInOwnNetwork()) return 'a link is cut in a network of the suite alone, which needs root'
  return missing(['nft'], 'nftables')
}

/** Drops everything to and from the ports of a process, until the returned function is called. */
export function cutOff(pid: number): () => void {
  const ports = new Set(localPortsOf(pid))
  if (ports.size === 0) throw new Error(`process ${pid} has no port that could be cut off`)
  apply([...ports])
  const refresh = (): void => {
    const before = ports.size
    for (const port of localPortsOf(pid)) ports.add(port)
    if (ports.size > before) apply([...ports])
  }
  const timer = setInterval(refresh, REFRESH_MS)
  return () => {
    clearInterval(timer)
    nft(`delete table inet ${TABLE}\n`)
  }
}

function apply(ports: readonly number[]): void {
  const set = `{ ${ports.join(', ')} }`
  const rules = ['sport', 'dport'].map((side) => `meta l4proto { tcp, udp } th ${side} ${set} drop`).join('\n')
  nft(`table inet ${TABLE}
delete table inet ${TABLE}
table inet ${TABLE} {
  chain cut {
    type filter hook output priority 0
    ${rules}
  }
}
`)
}

function nft(text: string): void {
  const { status, stderr } = spawnSync('nft', ['-f', '-'], { input: text })
  if (status !== 0) throw new Error(`nft: ${stderr.toString().trim()}`)
}
