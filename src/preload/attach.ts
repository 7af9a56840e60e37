import { endpointOf, nodeFiles, parseLocator, ReplicaUdp } from '../adapters/index.js'
import type { UdpBinding } from '../adapters/index.js'
import { ATTACH_ENV } from '../driver/index.js'
import type {
  AttachReply,
  AttachRequest,
  CheckSettings,
  Clock,
  Entropy,
  Founding,
  JoinTerms,
  TestFaults,
} from '../driver/index.js'
import type { MemberId } from '../message/index.js'
import { AttachSocket } from './attach-socket.js'
import type { ProbedTerms } from './probed-transport.js'
import { fingerprintOf } from './fingerprint.js'
import { refusedFlag } from './flags.js'
import { restoreProcess } from './restore.js'
import { isWrapper } from './wrappers.js'

/** A lost claim costs so much; on loopback none is lost unless a machine is very busy. */
const CLAIM_REPEAT_MS = 100
/** With the slot granted, the claim is only repeated to notice a supervisor that is gone. */
const LIVENESS_REPEAT_MS = 1000
/** A supervisor answers within microseconds; one that is stopped in a debugger does not. */
const ANSWER_WAIT_MS = 30_000
/** The group starts when all replicas have claimed: the slowest `npm start` of a loaded machine is far below. */
const START_WAIT_MS = 300_000
/** How long the thread sleeps between looks at the socket. */
const LOOK_EVERY_US = 500
/** Nobody listens on this side afterwards, so the answer to `start` is sent more than once. */
const ATTACHED_COPIES = 3

export interface AttachTerms {
  readonly binding: UdpBinding
  readonly clock: Pick<Clock, 'now' | 'pause'>
  readonly entropy: Entropy
  /** The stub that `-r` loads, as it stands on the command line. */
  readonly preload: string
}

/** This process is a replica. */
export interface Attached {
  readonly memberId: MemberId
  /** The group socket, open since the claim. */
  readonly transport: ReplicaUdp
  readonly founding: Founding
  readonly join: JoinTerms | undefined
  readonly faults: TestFaults
  /** Undefined but in `llft check`. */
  readonly check: CheckSettings | undefined
  /** How a probe is answered. */
  readonly probed: Omit<ProbedTerms, 'transport'>
}

type Claim = Extract<AttachRequest, { type: 'claim' }>
type Start = Extract<AttachReply, { type: 'start' }>

/**
 * Gets this process its place in a group, without returning to the event loop, and hides from the program how it was
 * started. `pass`: not a guest; it runs as plain Node, and so that its children may be guests nothing is hidden.
 */
export function attach(terms: AttachTerms): Attached | 'pass' {
  const supervisor = parseLocator(process.env[ATTACH_ENV.address] ?? '')
  if (supervisor === undefined || isWrapper(process.argv[1])) return 'pass'
  const faults = JSON.parse(process.env[ATTACH_ENV.faults] ?? '{}') as TestFaults
  const check = process.env[ATTACH_ENV.check]
  const transport = new ReplicaUdp(terms.binding, process.env[ATTACH_ENV.host])
  const socket = new AttachSocket(terms.binding, endpointOf(supervisor))
  const claim = claimOf(terms, transport)
  const { founding, join } = awaitStart(terms.clock, socket, claim)
  const { slot, token, memberId } = claim
  for (let copy = 0; copy < ATTACHED_COPIES; copy++) socket.send({ type: 'attached', slot, token, memberId })
  socket.close()
  restoreProcess(terms.preload)
  const probed = { supervisor, identity: { slot, token, memberId } }
  const settings = check === undefined ? undefined : (JSON.parse(check) as CheckSettings)
  return { memberId, transport, founding, join, faults, check: settings, probed }
}

function claimOf({ entropy, preload }: AttachTerms, transport: ReplicaUdp): Claim {
  return {
    type: 'claim',
    slot: process.env[ATTACH_ENV.slot] ?? '',
    token: process.env[ATTACH_ENV.token] ?? '',
    memberId: entropy.identity() as MemberId,
    locator: transport.locator,
    pid: process.pid,
    argv: process.argv,
    cwd: process.cwd(),
    refusedFlag: refusedFlag(process.execArgv, process.env),
    fingerprint: fingerprintOf(preload),
  }
}

function awaitStart(clock: AttachTerms['clock'], socket: AttachSocket, claim: Claim): Start {
  const begun = clock.now()
  let granted = false
  for (;;) {
    socket.send(claim)
    const sent = clock.now()
    const repeatAt = sent + (granted ? LIVENESS_REPEAT_MS : CLAIM_REPEAT_MS) * 1000
    while (clock.now() < repeatAt) {
      const reply = socket.receive()
      if (reply === undefined) {
        clock.pause(LOOK_EVERY_US)
        continue
      }
      if (reply === 'gone') return giveUp('llft: the supervisor that started this process is gone')
      if (reply.type === 'start') return reply
      if (reply.type === 'refused') return giveUp(`✖ ${reply.code}  ${reply.reason}`)
      granted = true
    }
    const boundMs = granted ? START_WAIT_MS : ANSWER_WAIT_MS
    if (clock.now() - begun > boundMs * 1000) {
      return giveUp(`llft: the supervisor did not ${granted ? 'start the group' : 'answer'} within ${boundMs} ms`)
    }
  }
}

/** The program never runs: said on the real stderr, of which nobody has taken hold yet. */
function giveUp(words: string): never {
  nodeFiles.writeSync(2, `${words}\n`)
  process.exit(1)
}
