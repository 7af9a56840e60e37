import { installCrypto } from '../crypto/install.js'
import type { Binding } from '../edge-internals.js'
import { edgeInternals } from '../edge-internals.js'
import type { CoreTerms } from '../edge-terms.js'
import type { OsBinding } from '../facts/host.js'
import { installFacts } from '../facts/install.js'
import { Handles } from '../handles.js'
import type { Internals } from '../internals.js'
import { Random } from '../random.js'
import { installRealms } from '../realm/install.js'
import { remakeModules } from '../realm/remade.js'
import { replaceFunction } from '../replace.js'
import { refusal } from '../refusal.js'
import { installRefusals } from '../refuse.js'
import { installStacks } from '../stacks.js'
import { SharedBuffers } from '../shared-memory/shared-buffers.js'
import { Turns } from '../shared-memory/turns.js'
import { workerAtomics, workerPauses } from '../shared-memory/worker-thread.js'
import { installTime } from '../time.js'
import { MessageDigest } from './message-digest.js'
import { installThreadPorts } from './thread-ports.js'
import { ThreadClock } from './thread-clock.js'
import { ThreadOperations } from './thread-operations.js'
import { installThreadRefusals } from './thread-refusals.js'
import { installThreadTrampoline } from './thread-trampoline.js'
import { type HostFacts, isThreadData, type Port, type ThreadTerms } from './terms.js'

/**
 * Makes the thread that this is called in, a worker of the program, the same at every replica: the first preload of the
 * thread calls it. False: the process is no replica, and the thread is left as it is.
 */
export function installThread(internals: Internals): boolean {
  const threads = internals.module<Binding>('worker_threads')
  const data = threads['workerData']
  if (!isThreadData(data)) return false
  threads['workerData'] = data.workerData
  const terms = data.llftThread
  const operations = new ThreadOperations()
  const clock = new ThreadClock(terms.startedMs)
  const core: CoreTerms = { internals: edgeInternals(internals), operations }
  installSurroundings(terms)
  const isOn = (): boolean => true
  const random = new Random({ internals, operations, seed: terms.seed })
  const ordered = (): never => {
    throw refusal('LLFT_E_REFUSED_IN_WORKER', 'Atomics.waitAsync()')
  }
  const digest = new MessageDigest(internals.zlib.crc32)
  const buffers = new SharedBuffers(terms.origin)
  buffers.take(data.buffers)
  const turns = new Turns(new Int32Array(terms.order), terms.thread, workerPauses(tellBy(terms.tell)))
  const atomics = workerAtomics(operations, { turns, buffers, digest, clock, refuseAsync: ordered })
  installRealms(internals, { nowMs: clock.dateMs, random: random.math(), ordered, atomics }, isOn)
  installTime({ internals, operations, clocks: clock, nowMs: clock.dateMs, isOn })
  random.installBytes()
  installFacts({ internals, operations, founding: terms, handles: new Handles(), isOn })
  installHost(internals.binding<OsBinding>('os'), terms.host)
  installRefusals(core)
  installCrypto(core)
  installThreadRefusals(core, internals)
  installStacks(core)
  remakeModules(internals)
  installThreadPorts({ internals, operations, clock, digest, buffers, turns, given: data.lines })
  internals.module<{ syncBuiltinESMExports: () => void }>('module').syncBuiltinESMExports()
  installThreadTrampoline(internals)
  return true
}

/** The port is no part of the program, nor of what keeps the thread alive. */
function tellBy(port: Port): () => void {
  const post = port.postMessage
  return () => post.call(port, undefined)
}

/** Many libraries ask for the processors when they are loaded. */
function installHost(os: OsBinding, { cpus, parallelism, memory }: HostFacts): void {
  os.getCPUs = () => cpus
  os.getAvailableParallelism = () => parallelism
  os.getTotalMem = () => memory
}

function installSurroundings({ env, folder }: ThreadTerms): void {
  if (env !== undefined) {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, env)
  }
  // Node's own follows the main thread, whenever that goes elsewhere.
  replaceFunction(process, 'cwd', () => folder)
}
