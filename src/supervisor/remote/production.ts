import { randomInt } from 'node:crypto'
import { SystemClock, SystemEntropy, Udp } from '../../adapters/index.js'
import { mixBytes } from '../../base/index.js'
import type { HostOptions } from '../../config/index.js'
import { report } from '../../errors/index.js'
import type { Report } from '../../errors/index.js'
import { ATTACH_ENV, openPeer, peerTermsOf } from '../../driver/index.js'
import type { TestFaults } from '../../driver/index.js'
import { beatMs, probeIntervalMs } from '../detection.js'
import { Generations } from '../generations.js'
import { openJournal } from '../journal.js'
import { leaseKeeper } from '../lease/production.js'
import { localReplicas } from '../local-replicas.js'
import type { Generation, ProductionTerms } from '../production.js'
import { Supervisor } from '../supervisor.js'
import { bufferWarning, chooseBetweenHosts } from '../transport-choice.js'
import { GatewayLine } from './gateway-line.js'
import { HostAgent } from './host-agent.js'
import { Link } from './link.js'
import type { LinkTerms } from './link.js'
import { Reign } from './reign.js'
import { remoteReplicas } from './remote-replicas.js'
import { Voter } from './voter.js'

/** With so few there is no majority that could tell a crash from a partition. */
const FEW = 2
/** A process is told from the one before it at the same address by this. */
const SPEAKERS = 2 ** 47

/** The supervisor of a group whose replicas are on other hosts. */
export function makeGatewayGenerations(terms: ProductionTerms, options: HostOptions): Generations {
  const { run, advertise } = options
  const { name: group, replicas: wanted } = run
  const tell = (what: Report): void => terms.notice({ notice: 'report', report: what })
  const lease = leaseKeeper(run, advertise.host, tell)
  if (lease === undefined && wanted <= FEW) tell(report('LLFT_W_NO_FENCING', {}))
  const speaker = randomInt(1, SPEAKERS)
  const line = new GatewayLine({ group, speaker, link: (heard) => votingLink(options, speaker, heard) })
  const shared = { line, reign: new Reign(speaker), lease }
  return new Generations({
    ...terms,
    make: ({ replicas, notice, ...generation }) => {
      const own: HostOptions = { ...options, run: { ...run, replicas } }
      return makeGatewaySupervisor({ ...terms, ...shared, ...generation, notice, options: own.run }, own)
    },
  })
}

interface GatewayTerms extends ProductionTerms, Generation {
  readonly line: GatewayLine
  readonly reign: Reign
}

function makeGatewaySupervisor(terms: GatewayTerms, options: HostOptions): Supervisor {
  const { lease, line, reign, predecessor, numberedBefore } = terms
  const { run, advertise, hostSilenceMs } = options
  const journal = openJournal(run.journal, `console-${process.pid}`)
  const transport = new Udp({ address: advertise.host, port: 0 })
  const warning = bufferWarning(transport.facts)
  if (warning !== undefined) terms.notice({ notice: 'report', report: warning })
  const hosts = predecessor?.replicas.living.flatMap(({ process: { host } }) => host ?? [])
  return new Supervisor({
    ...terms,
    lease,
    founders: hosts?.length,
    replicas: remoteReplicas({
      line,
      reign,
      numberedBefore,
      hosts,
      hostSilenceMs,
      beatMs: beatMs(hostSilenceMs),
      probeMs: probeIntervalMs(run),
      wanted: run.replicas,
      fenced: lease !== undefined,
      mayOrder: () => lease?.held ?? true,
    }),
    address: advertise.host,
    // Hosts come when they come.
    foundMs: undefined,
    hostSilenceMs,
    faults: {},
    clock: new SystemClock(),
    entropy: new SystemEntropy(),
    transport,
    journal: journal.folder,
    chooseTransport: async (epoch) => {
      const choice = await chooseBetweenHosts(options, epoch)
      if (choice.multicast !== undefined) transport.reach(choice.multicast)
      return choice
    },
    openConsole: (start, ports, listener) => openPeer(peerTermsOf(start, { ...ports, store: journal.store }, listener)),
  })
}

export interface HostAgentTerms {
  readonly options: HostOptions
  readonly environment: NodeJS.ProcessEnv
  readonly paths: { readonly node: string; readonly preload: string }
  readonly tell: (text: string) => void
}

/** The supervisor of the one replica of a group that is on this host. */
export function makeHostAgent({ options, environment, paths, tell }: HostAgentTerms): HostAgent {
  const { run, advertise } = options
  const speaker = randomInt(1, SPEAKERS)
  const { [ATTACH_ENV.faults]: faults, ...rest } = environment
  return new HostAgent({
    group: run.name,
    speaker,
    replicas: localReplicas({
      options: run,
      environment: rest,
      paths,
      // Hosts have agreed on nothing yet but the name.
      randomSeed: mixBytes(0, Buffer.from(run.name)) % 2 ** 31,
      numberedBefore: 0,
      address: advertise.host,
      faults: faults === undefined ? {} : (JSON.parse(faults) as Record<string, TestFaults>),
    }),
    journal: openJournal(run.journal, `host-${process.pid}`).folder,
    stopGraceMs: run.stopGraceMs,
    link: (heard) => votingLink(options, speaker, heard),
    tell,
  })
}

/** Every part of a group votes about its lease, where the other parts reach it. */
function votingLink(options: HostOptions, speaker: number, heard: LinkTerms['heard']): Link {
  const { run, advertise: own, peers, multicast } = options
  const voter = new Voter({ group: run.name, speaker })
  const link = new Link({
    own,
    peers,
    multicast,
    group: run.name,
    heard: (word, from) => {
      if (word.word === 'vote') link.say(voter.voted(word), from)
      else if (word.word === 'return') voter.returned(word)
      else heard(word, from)
    },
  })
  return link
}
