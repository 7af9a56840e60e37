import { GROUP } from '../message/index.js'
import type { Frame, ListenerId, SocketName } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import { VALUE_SOURCE } from './operations.js'
import type { RefusalCode } from './refusal.js'
import { refusal } from './refusal.js'
import { writeName } from './tcp-name.js'
import type { TcpStream } from './tcp-stream.js'
import { tlsTerms } from './tls-terms.js'
import { VirtualHandle } from './virtual-handle.js'

/** Binding takes a gateway well under a millisecond; one that is being restarted is not waited for much longer. */
const LISTEN_ANSWER_MS = 500

const UNNAMED: SocketName = { address: '0.0.0.0', family: 4, port: 0 }

export interface ListenerTerms {
  /** The next number of a listener. */
  readonly number: () => ListenerId
  readonly opened: (listener: TcpListener) => void
  readonly closed: (listener: TcpListener) => void
  /** Whether there is a gateway to answer. */
  readonly connected: () => boolean
  /** `UV_TCP_IPV6ONLY` of the binding. */
  readonly ipv6OnlyFlag: number
}

/** The gateway's answer: the bound name, or an errno. `answered` is false when there was none in time. */
interface Answer {
  readonly errno: number
  readonly bound: SocketName
  readonly answered: boolean
}

type OnConnection = (this: TcpListener, status: number, stream: TcpStream) => void

/** A listening socket as `net.Server` sees it; the gateway holds the real one (determinizer.md A13). */
export class TcpListener extends VirtualHandle {
  reading = false
  readonly fd = -1
  onconnection: OnConnection | null = null
  readonly #terms: ListenerTerms
  #name = UNNAMED
  #ipv6Only = false
  #backlog = 0
  #listener: ListenerId | undefined
  #answered = false

  constructor(terms: EdgeTerms, listener: ListenerTerms) {
    super(terms, 'TCPSERVERWRAP')
    this.#terms = listener
  }

  /** Undefined until `listen` has succeeded. */
  get listener(): ListenerId | undefined {
    return this.#listener
  }

  bind(address: string, port: number): number {
    this.#name = { address, family: 4, port }
    return 0
  }

  bind6(address: string, port: number, flags: number): number {
    this.#name = { address, family: 6, port }
    this.#ipv6Only = (flags & this.#terms.ipv6OnlyFlag) !== 0
    return 0
  }

  /** The real binding happens here, so that errors of `bind` come out of `listen`, as Node reports them in the end. */
  listen(backlog: number): number {
    this.#backlog = backlog
    const listener = this.#terms.number()
    this.#listener = listener
    this.announce()
    const answer = this.#recordAnswer(listener)
    if (answer.errno !== 0) {
      this.#listener = undefined
      return answer.errno
    }
    this.#answered = answer.answered
    this.#name = answer.bound
    this.#terms.opened(this)
    this.hold.activate(true)
    return 0
  }

  /** Tells the gateway to open this listener; a gateway that has just come back knows of none. */
  announce(): void {
    const owner: unknown = Reflect.get(this, this.terms.internals.ownerSymbol)
    const frame: Frame = {
      frame: 'listen',
      listener: this.#listener ?? 0,
      name: this.#name,
      backlog: this.#backlog,
      ipv6Only: this.#ipv6Only,
      tls: tlsTerms(owner),
    }
    this.terms.operations.submit(GROUP.gateway, frame)
  }

  /** An answer in its place in the sequence: news only if `listen` had to go on without. */
  answer(errno: number, bound: SocketName): void {
    if (this.#answered || errno !== 0) return
    this.#answered = true
    this.#name = bound
  }

  accept(stream: TcpStream): void {
    this.enter(() => this.onconnection?.(0, stream))
  }

  protected override released(): void {
    if (this.#listener === undefined) return
    this.terms.operations.submit(GROUP.gateway, { frame: 'unlisten', listener: this.#listener })
    this.#terms.closed(this)
  }

  getsockname(into: Record<string, unknown>): number {
    return writeName(this.#name, into)
  }

  setSimultaneousAccepts(): number {
    return 0
  }

  open(): number {
    return this.#refuse('LLFT_E_REFUSED_LISTEN_FD', 'listen() on a file descriptor')
  }

  connect(): number {
    return this.#refuse('LLFT_E_REFUSED_OUTBOUND', 'connect()')
  }

  connect6(): number {
    return this.#refuse('LLFT_E_REFUSED_OUTBOUND', 'connect()')
  }

  #refuse(code: RefusalCode, call: string): never {
    throw refusal(code, call)
  }

  #recordAnswer(listener: ListenerId): Answer {
    const { operations } = this.terms
    // A gateway that is being restarted: the listener is announced again when it is back.
    const none: Answer = { errno: 0, bound: this.#name, answered: false }
    if (!this.#terms.connected()) return none
    const answers = (frame: Frame): boolean => frame.frame === 'listening' && frame.listener === listener
    const text = operations.recordText(VALUE_SOURCE.listen, () => {
      const frame = operations.ask(GROUP.gateway, answers, LISTEN_ANSWER_MS)
      if (frame === 'lost' || frame?.frame !== 'listening') return JSON.stringify(none)
      return JSON.stringify({ errno: frame.errno, bound: frame.bound, answered: true } satisfies Answer)
    })
    return JSON.parse(text) as Answer
  }
}
