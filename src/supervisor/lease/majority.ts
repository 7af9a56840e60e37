import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatAddress } from '../../config/index.js'
import type { Address } from '../../config/index.js'
import type { LeaseTerms } from '../../core/index.js'
import { LeaseCandidate } from '../../core/index.js'
import type { Instant } from '../../message/index.js'
import { parseWord } from '../remote/parse.js'
import type { ReturnWord, VotedWord, VoteWord } from '../remote/words.js'
import type { LeaseAnswer, LeaseStore, Voters } from './lease-store.js'

/** Two that want the lease at once are not the same. */
const CANDIDATES = 2 ** 47
/** A question is put so often to who has not answered: a lost datagram does not cost a lease. */
const ASKS = 3
/** Said so often at the end: more than are likely to be lost. */
const LAST_WORDS = 3
/** Two that stood in each other's way wait for different times, up to so many questions. */
const BACK_OFF_MAX = 2

export interface MajorityTerms {
  readonly group: string
  /** What the holder is called. */
  readonly holder: string
  /** Own address. */
  readonly host: string
  readonly voters: readonly Address[]
  readonly lease: LeaseTerms
  /** What has not been answered by then is not waited for. */
  readonly timeoutMs: number
}

/** A lease that a majority of the group's parts grants (ADR 60). Each of them votes at its link. */
export class MajorityStore implements LeaseStore {
  readonly kind = 'majority'
  readonly #terms: MajorityTerms
  readonly #number: number = randomInt(1, CANDIDATES)
  readonly #candidate: LeaseCandidate
  /** Whom each voter granted the lease last. */
  readonly #holders: string[]
  #socket: Promise<Socket> | undefined
  /** Who has answered the last question, and how many had answered the one before. */
  readonly #answered = new Set<number>()
  #answeredBefore = 0
  /** Another one wants it, too. */
  #backsOff = false
  /** Some have granted another the lease whose list is too different from this one's. */
  #unlike = false
  /** The question is settled, or may be. */
  #heard: () => void = () => {}

  constructor(terms: MajorityTerms) {
    this.#terms = terms
    const voters = terms.voters.map(formatAddress)
    this.#candidate = new LeaseCandidate({ candidate: this.#number, voters, lease: terms.lease })
    this.#holders = voters.map(() => '')
  }

  get name(): string {
    return `a majority of ${this.#terms.voters.length} parts`
  }

  get voters(): Voters {
    // One question may have been put just now.
    return {
      count: this.#terms.voters.length,
      answered: Math.max(this.#answered.size, this.#answeredBefore),
      unlike: this.#unlike,
    }
  }

  async ask(): Promise<LeaseAnswer> {
    const { timeoutMs } = this.#terms
    const socket = await this.#open()
    if (this.#backsOff) await sleep(randomInt(1 + Math.ceil(BACK_OFF_MAX * timeoutMs)))
    const outcome = await this.#question(socket)
    if (outcome === 'granted') return { granted: true }
    const holder = this.#holder
    this.#unlike = this.#candidate.votes.some((each) => each?.vote === 'unlike')
    if (!this.#candidate.had) {
      this.#backsOff = this.#candidate.votes.some((each) => each?.vote === 'promised')
      await this.#giveBack(socket, 1)
    } else if (outcome === 'open')
      throw new Error(`${this.#answered.size} of ${this.#terms.voters.length} parts answer`)
    return { granted: false, holder }
  }

  async release(): Promise<void> {
    await this.#giveBack(await this.#open(), LAST_WORDS)
  }

  /** Who has it by the word of a voter, or had it last. */
  get #holder(): string | undefined {
    const { votes } = this.#candidate
    const held = votes.findIndex((each) => each?.vote === 'held' || each?.vote === 'unlike')
    if (held !== -1) return this.#holders[held]
    // A voter that was started again does not know.
    return this.#holders.find((name, at) => votes[at]?.vote === 'free' && name !== '' && name !== this.#terms.holder)
  }

  async #question(socket: Socket): Promise<'granted' | 'refused' | 'open'> {
    const { voters, timeoutMs, group, holder: name } = this.#terms
    this.#answeredBefore = this.#answered.size
    this.#answered.clear()
    const questions = this.#candidate.ask(now())
    for (let count = 0; count < ASKS; count++) {
      for (const [voter, { candidate, nonce, terms, ...question }] of questions.entries()) {
        if (this.#candidate.votes[voter] !== undefined) continue
        const stamp = { group, speaker: candidate, sequence: nonce }
        void say(socket, { word: 'vote', ...stamp, ...question, ...terms, name }, voters[voter] as Address)
      }
      await this.#settled(timeoutMs / ASKS)
      const outcome = this.#candidate.outcome(now())
      if (outcome !== 'open') return outcome
    }
    return 'open'
  }

  async #settled(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#heard = (): void => {
        if (this.#candidate.outcome(now()) !== 'open') resolve()
      }
      timer = setTimeout(resolve, timeoutMs)
    })
    clearTimeout(timer)
  }

  async #giveBack(socket: Socket, copies: number): Promise<void> {
    const { nonce: sequence, had } = this.#candidate.giveBack()
    const { voters, group } = this.#terms
    const word: ReturnWord = { word: 'return', group, speaker: this.#number, sequence, had }
    const last = Array.from({ length: copies }, () => voters.map((voter) => say(socket, word, voter)))
    await Promise.all(last.flat())
  }

  /** A socket of its own: the store is asked before there is a group. */
  #open(): Promise<Socket> {
    this.#socket ??= opened(this.#terms.host, (datagram, from) => this.#received(datagram, from))
    return this.#socket
  }

  #received(datagram: Uint8Array, { address, port }: RemoteInfo): void {
    const word = parseWord(datagram)
    const voter = this.#terms.voters.findIndex((each) => each.host === address && each.port === port)
    if (voter === -1 || word?.word !== 'voted' || word.group !== this.#terms.group) return
    this.#voted(voter, word)
  }

  #voted(voter: number, { candidate, nonce, answer, holder }: VotedWord): void {
    if (candidate !== this.#number) return
    this.#answered.add(voter)
    this.#holders[voter] = holder
    this.#candidate.answered(voter, nonce, answer)
    this.#heard()
  }
}

async function opened(address: string, received: (datagram: Uint8Array, from: RemoteInfo) => void): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('message', received).bind({ address, port: 0 })
  await once(socket, 'listening')
  // A datagram that cannot be sent is lost, and said again; and nobody waits for answers at the end.
  return socket.on('error', () => undefined).unref()
}

function say(socket: Socket, word: VoteWord | ReturnWord, to: Address): Promise<void> {
  return new Promise((resolve) => socket.send(JSON.stringify(word), to.port, to.host, () => resolve()))
}

/** In the protocol's unit. */
function now(): Instant {
  return Math.floor(performance.now() * 1000) as Instant
}
