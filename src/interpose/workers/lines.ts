import type { Binding, NativeClass, NativeFunction } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import { refusal } from '../refusal.js'
import { replaceFunction } from '../replace.js'
import { findShared } from './shared.js'
import { define, type FromThread, type LineToThread, onArrival, type Port, portsIn, type ToThread } from './terms.js'

/** What is posted to one worker, by all its lines: how many messages on each, the worker's own port first. */
export class Outbound {
  readonly #counts: number[] = [0]

  newLine(): number {
    return this.#counts.push(0) - 1
  }

  /** What cannot be cloned was no message. */
  attempt<Result>(line: number, post: () => Result): Result {
    try {
      return post()
    } catch (error) {
      this.#counts[line] = (this.#counts[line] as number) - 1
      throw error
    }
  }

  /** A message is posted: how many there are now on each line. With one line there is nothing to compare. */
  stamp(line: number): readonly number[] | undefined {
    this.#counts[line] = (this.#counts[line] as number) + 1
    return this.#counts.length === 1 ? undefined : [...this.#counts]
  }
}

/** Ports that are about to be handed to a worker. */
export interface Handover {
  /** Goes with them. */
  readonly lines: readonly LineToThread[]
  /** They are handed over. */
  readonly done: () => void
}

/**
 * Channels between the main thread and its workers, besides those that workers come with. What is posted on such a
 * line, and what is taken from it by `receiveMessageOnPort`, has its place in the order of the threads (ADR 38).
 */
export class Lines {
  readonly #terms: EdgeTerms
  /** The other ends of the channels that the main thread has made, while it has both. */
  readonly #peers = new WeakMap<object, Port>()
  /** A message is under way on them, between ports of the main thread. */
  readonly #used = new WeakSet<object>()
  readonly #ends = new WeakMap<object, LineEnd>()
  readonly #isPort: (value: unknown) => boolean

  readonly #portPrototype: Binding
  readonly #post: NativeFunction

  constructor(terms: EdgeTerms, MessagePort: NativeClass) {
    this.#terms = terms
    this.#isPort = (value) => value instanceof MessagePort
    this.#portPrototype = MessagePort.prototype as Binding
    this.#post = this.#portPrototype['postMessage'] as NativeFunction
  }

  install(threads: Binding): void {
    this.#followChannels(threads)
    const { operations } = this.#terms
    const real = threads['receiveMessageOnPort'] as (port: object) => { message: unknown } | undefined
    replaceFunction(threads, 'receiveMessageOnPort', (port: unknown): unknown => {
      const end = operations.inside ? this.#ends.get(port as object) : undefined
      return end === undefined ? real(port as object) : end.receive(real)
    })
    const post = this.#post
    const lines = this.#ends
    const used = this.#used
    replaceFunction(this.#portPrototype, 'postMessage', function (this: object, ...given: unknown[]): unknown {
      const end = operations.inside ? lines.get(this) : undefined
      if (end !== undefined && given.length > 0) return end.post(given)
      used.add(this)
      return Reflect.apply(post, this, given)
    })
  }

  #followChannels(threads: Binding): void {
    const Original = threads['MessageChannel'] as NativeClass
    const { operations } = this.#terms
    const Replacement = new Proxy(Original, {
      construct: (target, given, newTarget) => {
        const channel = Reflect.construct(target, given, newTarget) as { readonly port1: Port; readonly port2: Port }
        if (operations.inside) {
          this.#peers.set(channel.port1, channel.port2)
          this.#peers.set(channel.port2, channel.port1)
        }
        return channel
      },
    })
    threads['MessageChannel'] = Replacement
    if (Reflect.get(globalThis, 'MessageChannel') === Original) Reflect.set(globalThis, 'MessageChannel', Replacement)
  }

  /** Of the ports in a transfer list, those ends stay with the main thread whose others go to the worker. */
  hand(transfer: unknown, { outbound, call }: { outbound: Outbound; call: string }): Handover {
    const ports = portsIn(transfer, this.#isPort) as readonly Port[]
    const own = ports.map((port) => {
      const peer = this.#peers.get(port)
      if (peer === undefined || ports.includes(peer) || this.#used.has(peer) || this.#used.has(port)) {
        throw refusal('LLFT_E_REFUSED_WORKER', call)
      }
      return peer
    })
    const lines = ports.map((port): LineToThread => [outbound.newLine(), port])
    const done = (): void => {
      for (const [index, peer] of own.entries()) {
        const [line, port] = lines[index] as LineToThread
        this.#peers.delete(port)
        this.#peers.delete(peer)
        this.#ends.set(
          peer,
          new LineEnd({ ...this.#terms, lines: this, post: this.#post }, { port: peer, outbound, line }),
        )
      }
    }
    return { lines, done }
  }
}

interface LineEndTerms extends EdgeTerms {
  readonly lines: Lines
  /** Node's own. */
  readonly post: NativeFunction
}

interface LinePlace {
  readonly port: Port
  readonly outbound: Outbound
  readonly line: number
}

function isMessage(args: readonly unknown[]): boolean {
  return args.length > 0
}

/** The end of a line that the main thread has. */
class LineEnd {
  readonly #terms: LineEndTerms
  readonly #place: LinePlace
  readonly #post: NativeFunction
  #messages = 0

  constructor(terms: LineEndTerms, place: LinePlace) {
    this.#terms = terms
    this.#place = place
    const { port } = place
    this.#post = terms.post
    onArrival(port, (data) => this.#take(data))
    const { close } = port
    const { arrivals } = terms.operations
    let closed = false
    // Of one that is closed no message is heard, however far Node has come with it; that it is closed is.
    arrivals.screen(port, { arrives: (args) => !closed || !isMessage(args) })
    define(port, 'close', (...given: unknown[]): unknown => {
      closed = true
      while (arrivals.withdraw(port, isMessage) !== undefined);
      return Reflect.apply(close, port, given)
    })
  }

  post([message, transfer]: readonly unknown[]): void {
    const { operationMs, threads, lines } = this.#terms
    const { port, outbound, line } = this.#place
    const call = 'port.postMessage()'
    const shared = findShared(message, call).map((buffer) => threads.buffers.share(buffer))
    const handover = lines.hand(transfer, { outbound, call })
    const envelope: ToThread = [operationMs(), message, shared, outbound.stamp(line), handover.lines]
    threads.order.turns.perform(() =>
      outbound.attempt(line, () => Reflect.apply(this.#post, port, [envelope, transfer])),
    )
    handover.done()
  }

  /** What has come, or is on its way to the event loop, is the oldest first. */
  receive(real: (port: object) => { message: unknown } | undefined): { message: unknown } | undefined {
    const { operations, threads } = this.#terms
    const { port } = this.#place
    const taken = threads.order.turns.perform(() => {
      const come = operations.arrivals.withdraw(port, isMessage)
      return come === undefined ? real(port) : { message: come[0] }
    })
    return taken === undefined ? undefined : { message: this.#take(taken.message) }
  }

  #take(data: unknown): unknown {
    const [check, message, shared] = data as FromThread
    this.#terms.threads.buffers.take(shared)
    const number = ++this.#messages
    this.#terms.operations.witness(check, () => `\`message\`, message ${number} of a port to a worker,`)
    return message
  }
}
