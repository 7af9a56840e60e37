import { spawnSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type as systemName } from 'node:os'
import { dirname } from 'node:path'
import type { Machine } from '../results.js'
import { isInOwnNetwork } from './own-network.js'

/** What a figure depends on besides the code. */
export function describeMachine(version: string, script: string): Machine {
  const all = cpus()
  return {
    processors: all.length,
    model: all[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: `${systemName()} ${release()}`,
    node: process.version,
    version,
    commit: commitOf(dirname(script)),
    loadAverage: loadavg()[0] ?? 0,
    ownNetwork: isInOwnNetwork(),
  }
}

function commitOf(folder: string): string | null {
  const { status, stdout } = spawnSync('git', ['-C', folder, 'rev-parse', 'HEAD'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout.toString().trim() : null
}
