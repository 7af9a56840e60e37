import type { FaultSeen, Measured, Results } from '../../src/bench/index.js'

const RIGHT = { answered: 100, lost: 0, repeated: 0, reordered: 0, corrupted: 0, forgotten: 0, dropped: 0 }

export function measuredOf(system: string, more: Partial<Measured> = {}): Measured {
  return {
    system,
    sweep: null,
    at: 0,
    connections: 1,
    bodyBytes: 64,
    calls: 0,
    ratePerSecond: null,
    latency: { count: 4, meanUs: 150, p50Us: 100, p90Us: 200, p99Us: 300, p999Us: 400, maxUs: 400 },
    latenessP99Us: 1,
    buckets: [
      [100_000, 2],
      [200_000, 1],
      [400_000, 1],
    ],
    stretches: [{ p50Us: 100, p99Us: 300, throughputPerSecond: 5000, cpuUs: 20, overloaded: false }],
    throughputPerSecond: 5000,
    cpuUs: 20,
    cpuUsByRole: {},
    memoryBytes: 1e6,
    datagrams: 2.5,
    verdict: RIGHT,
    skippedCounts: 0,
    ...more,
  }
}

export function faultOf(system: string, more: Partial<FaultSeen> = {}): FaultSeen {
  return {
    system,
    fault: 'kill',
    round: 0,
    leader: 'the primary, r1',
    gapMs: 12,
    quietGapMs: 3,
    recovered: true,
    verdict: RIGHT,
    skippedCounts: 0,
    phases: { detectedMs: 1, electedMs: 2, resumedMs: 3 },
    timeline: [
      [-5, -1, 12, 15],
      [-4, 0, 13, 16],
    ],
    ...more,
  }
}

export function resultsWith(more: Partial<Results>): Results {
  return {
    schema: 'llft-bench/1',
    bench: 'latency',
    startedAt: '2026-01-01T00:00:00.000Z',
    tookMs: 1000,
    machine: {
      processors: 2,
      model: 'a <machine>',
      memoryBytes: 2 ** 34,
      kernel: 'Linux 6',
      node: 'v20.20.2',
      version: '0.1.0',
      commit: null,
      loadAverage: 0.5,
      ownNetwork: true,
    },
    seed: 1,
    quick: true,
    protocol: 'tcp',
    systems: [{ name: 'llft', title: 'llft run', settings: '-r 3' }],
    skipped: [{ name: 'etcd', reason: 'etcd not installed (Debian: etcd-server)' }],
    measured: [],
    ratios: [],
    capacities: [],
    faults: [],
    growth: [],
    ...more,
  }
}
