import { nodeFiles, openChunkFile, SystemEntropy } from '../adapters/index.js'
import type { UdpBinding } from '../adapters/index.js'
import { foundingMembership, NO_MEMBERSHIP, Replica } from '../core/index.js'
import { limitsOf, Member } from '../driver/index.js'
import type { Conductor, Internals } from '../interpose/index.js'
import { install, openInternals, ReplicaClock, selfTest, shiftClocks, TimedCalls, Trace } from '../interpose/index.js'
import { GROUP } from '../message/index.js'
import type { Precedence, View, ViewNumber } from '../message/index.js'
import type { Attached } from './attach.js'
import { attach } from './attach.js'
import { ProbedTransport } from './probed-transport.js'
import { datagramWriter, DigestChain, FaultyTransport, killAtRead, killAtTakeover } from './faults.js'

const { appendFileSync, openSync, readSync, writeSync } = nodeFiles

/** The view in which a group is founded: its first member leads (protocol.md section 6, Founding). */
const FOUNDING_VIEW: View = { number: 1 as ViewNumber, precedence: 1 as Precedence, backupView: 0 }

/** Makes this process a replica, unless it only starts one. Runs before the program, as what `node -r` loads. */
function compose(): void {
  const internals = openInternals()
  const clock = new ReplicaClock(internals)
  const { UDP, SendWrap } = internals.binding<Pick<UdpBinding, 'UDP' | 'SendWrap'>>('udp_wrap')
  const attached = attach({
    binding: { UDP, SendWrap, readSync },
    clock,
    entropy: new SystemEntropy(),
    preload: preloadOnCommandLine(),
  })
  if (attached !== 'pass') becomeReplica(internals, clock, attached)
}

function becomeReplica(internals: Internals, clock: ReplicaClock, attached: Attached): void {
  const { founding, join, faults, check, memberId } = attached
  const unusable = selfTest(internals, false)
  if (unusable !== undefined) refuse(unusable)
  const { multicast, commit, journal } = founding.settings
  if (multicast !== undefined) attached.transport.join(multicast)
  const probed = new ProbedTransport({ ...attached.probed, transport: attached.transport })
  const transport = new FaultyTransport(probed, faults, witnessOf(attached))
  // Opened before the program runs, and used around what it sees of the file system.
  const store = openChunkFile(journal, String(memberId), (work) => conductor.outside(work))
  const replica = new Replica({
    identity: { memberId, locator: transport.locator, group: GROUP.application, epoch: founding.epoch },
    limits: limitsOf(founding.settings),
    commit,
    membership: join === undefined ? foundingMembership(FOUNDING_VIEW, founding.members) : NO_MEMBERSHIP,
    peers: founding.peers,
    contacts: join?.contacts ?? [],
    heartbeatsCarryOrder: faults.noReflection !== true,
    store,
  })
  const calls = check?.delays === undefined ? undefined : new TimedCalls(clock)
  const member = new Member({ replica, transport, clock: calls ?? clock })
  probed.member = member
  transport.isPrimary = (): boolean => member.live
  const digestFolder = faults.digestFolder
  const digests = digestFolder === undefined ? undefined : new DigestChain(digestFolder, memberId, appendFileSync)
  const kill = killAtTakeover(faults)
  member.onTakeover = (stage): void => {
    if (stage === 'established') digests?.leads(member.executed, replica.view.number)
    kill(stage)
  }
  const trace =
    check &&
    new Trace({
      crc32: internals.zlib.crc32,
      write: appender(check.trace),
      outside: (work) => conductor.outside(work),
    })
  if (check?.clockShiftMs !== undefined) shiftClocks(internals, check.clockShiftMs)
  const conductor: Conductor = install({
    internals,
    clock,
    group: member,
    founding,
    hooksOff: faults.hooksOff ?? [],
    log: (line) => internals.processMethods._rawDebug(`llft: ${line}`),
    ...(faults.killAtStartRead === undefined ? {} : { onRecorded: killAtRead(faults) }),
    ...(trace === undefined ? {} : { trace }),
    ...(check?.delays === undefined || calls === undefined ? {} : { late: { delays: check.delays, calls } }),
    ...(digests === undefined ? {} : { onDigest: digests.take }),
  })
  member.start(conductor)
  if (member.live) digests?.leads(member.executed, replica.view.number)
  conductor.start()
}

/** Opened before the program runs: its file writes are refused, and so would be ours. */
function witnessOf({ faults, memberId }: Attached): ReturnType<typeof datagramWriter> | undefined {
  if (faults.datagramFolder === undefined) return undefined
  const file = openSync(`${faults.datagramFolder}/${memberId}`, 'a')
  return datagramWriter((bytes) => writeSync(file, bytes))
}

/** Opened before the program runs, as the file of the witness. */
function appender(path: string): (text: string) => void {
  const file = openSync(path, 'w')
  return (text) => void writeSync(file, text)
}

/** Said on the real standard error, which the supervisor shows as the cause. */
function refuse(reason: string): never {
  writeSync(2, `✖ LLFT_E_GUEST_NODE_VERSION  ${reason}\n`)
  process.exit(1)
}

/** The word after the last of our flags: the stub's path, as the launcher wrote it. */
function preloadOnCommandLine(): string {
  const at = process.execArgv.indexOf('-r')
  return process.execArgv[at + 1] ?? ''
}

compose()
