import type { Founding, PeerEvent, PeerStart } from '../driver/index.js'
import type { LlftError } from '../errors/index.js'
import { GROUP } from '../message/index.js'
import type { Chronicle } from './chronicle.js'
import { ConsoleApplication } from './console-application.js'
import type { GatewayKeeper } from './gateway-keeper.js'
import type { ProcessEnd } from './process-end.js'
import { Replacements } from './replacements.js'
import type { Replicas } from './replicas.js'
import { RunningGroup } from './running-group.js'
import type { SupervisorTerms } from './supervisor-terms.js'

export interface OpenGroupTerms {
  readonly supervisor: SupervisorTerms
  readonly identity: PeerStart['identity']
  readonly founding: Founding
  /** Its replicas run already, and were another gateway's. */
  readonly adopted: boolean
  readonly replicas: Replicas
  readonly gateway: GatewayKeeper
  readonly chronicle: Chronicle
  exited(end: ProcessEnd, uncaught: boolean): void
  event(event: PeerEvent): void
  /** `unheard`: of the members of a group that was adopted, none has spoken yet. */
  fail(error: LlftError, unheard: boolean): void
}

export interface OpenedGroup {
  readonly group: RunningGroup
  readonly console: ConsoleApplication
  /** The program wants its standard input. */
  readonly readsInput: () => boolean
}

/** The console connects with a group that is founded now, or was adopted, and keeps it. */
export function openGroup(terms: OpenGroupTerms): OpenedGroup {
  const { founding, adopted, replicas, gateway, chronicle, identity, supervisor } = terms
  const { options, clock, entropy, transport, output, openInput, notice, lease, openConsole, faults } = supervisor
  let readsInput = false
  const console = new ConsoleApplication({
    ...output,
    openInput: () => {
      readsInput = true
      return openInput()
    },
    port: () => port,
    exited: (end, uncaught) => terms.exited(end, uncaught),
    event: (event) => terms.event(event),
    askLease: (nonce) => lease?.renew(() => port.granted(nonce)),
  })
  const port = openConsole(
    {
      identity,
      application: { group: GROUP.application, epoch: founding.epoch },
      contacts: replicas.living.flatMap(({ claim }) => claim?.locator ?? []),
      settings: founding.settings,
      faults: faults['console'] ?? {},
    },
    { transport, clock, entropy },
    console,
  )
  const pumps = [output.stdout, output.stderr]
  const queued = (): void => port.keep(output.stdout.queuedBytes + output.stderr.queuedBytes)
  const unwatch = pumps.map((pump) => pump.watch(queued))
  const replacements = new Replacements({
    ...options,
    group: options.name,
    wanted: options.replicas,
    replicas,
    peer: () => port.status,
    notice,
    fail: (error) => terms.fail(error, adopted && port.status.members.length === 0),
  })
  const closed = (): void => unwatch.forEach((stop) => stop())
  const own = { founding, adopted, clock, port, gateway, replicas, replacements, chronicle, lease, notice, closed }
  return { console, group: new RunningGroup({ ...options, ...own }), readsInput: () => readsInput }
}
