import { installCrypto } from './crypto/install.js'
import type { EdgeTerms } from './edge-terms.js'
import { installEnd } from './end.js'
import { installFiles } from './files/install.js'
import { installHttp } from './http.js'
import { installHttp2 } from './http2.js'
import { installNames } from './names.js'
import { installProcessState } from './process-state.js'
import { installProcesses } from './processes/install.js'
import { installRefusals } from './refuse.js'
import { installSignals } from './signals.js'
import { installSnapshots } from './snapshot/install.js'
import { installStacks } from './stacks.js'
import { installStdio } from './stdio.js'
import { installTcp } from './tcp.js'
import { installTls } from './tls.js'
import { installUdp } from './udp.js'
import { installWorkers } from './workers/main-thread.js'

/** The facilities at the edge of the program, by the names under which a test leaves one out. */
const EDGE_FACILITIES = {
  files: installFiles,
  refusals: installRefusals,
  crypto: installCrypto,
  // A gateway that is gone is told to this one first.
  snapshots: installSnapshots,
  tcp: installTcp,
  udp: installUdp,
  names: installNames,
  tls: installTls,
  http: installHttp,
  http2: installHttp2,
  processes: installProcesses,
  stdio: installStdio,
  processState: installProcessState,
  signals: installSignals,
  end: installEnd,
  stacks: installStacks,
  workers: installWorkers,
} as const satisfies Readonly<Record<string, (terms: EdgeTerms) => void>>

/** Their names, for whoever leaves one out. */
export const EDGE_HOOKS: readonly string[] = Object.keys(EDGE_FACILITIES)

/** Installed after everything else that wraps the `fs` binding, and before the program or anything else loads `net`. */
export function installEdge(terms: EdgeTerms, hooksOff: readonly string[] = []): void {
  for (const [name, install] of Object.entries(EDGE_FACILITIES)) if (!hooksOff.includes(name)) install(terms)
}
