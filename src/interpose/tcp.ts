import { GROUP, OUTBOUND_FROM } from '../message/index.js'
import type { Frame, ListenerId, StreamId, TlsOutcomeFields } from '../message/index.js'
import type { NativeClass } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import type { ClientTerms } from './tcp-client.js'
import { TcpClient } from './tcp-client.js'
import type { ListenerTerms } from './tcp-listener.js'
import { TcpListener } from './tcp-listener.js'
import { TcpStream } from './tcp-stream.js'

/**
 * The program's TCP: `tcp_wrap.TCP` is replaced before `net` is loaded, so that `net.js` itself, unchanged, runs on
 * handles whose other side is the gateway (determinizer.md A2). LLFT's own code still gets native handles.
 */
export function installTcp(terms: EdgeTerms): void {
  const { internals, operations } = terms
  const binding = internals.binding('tcp_wrap')
  const { SERVER, UV_TCP_IPV6ONLY } = binding['constants'] as { SERVER: number; UV_TCP_IPV6ONLY: number }
  const real = binding['TCP'] as NativeClass
  const sockets = new Sockets(terms, UV_TCP_IPV6ONLY)

  const TCP = function (this: unknown, type: number): object {
    if (!operations.inside) return new real(type)
    return type === SERVER ? sockets.createListener() : sockets.createClient()
  }
  TCP.prototype = real.prototype as object
  Object.defineProperty(TCP, Symbol.hasInstance, {
    value: (handle: unknown) =>
      handle instanceof TcpListener || handle instanceof TcpStream || real[Symbol.hasInstance](handle),
  })
  binding['TCP'] = TCP

  operations.onFrame(GROUP.gateway, (frame) => sockets.receive(frame))
  operations.onPeerChange(
    GROUP.gateway,
    () => sockets.lost(),
    () => sockets.found(),
  )
}

/** The listeners and streams of the program, by the numbers that the gateway knows them by. */
class Sockets {
  readonly #terms: EdgeTerms
  readonly #listenerTerms: ListenerTerms
  readonly #clientTerms: ClientTerms
  /** Bounded by what the program opens. */
  readonly #listeners = new Map<ListenerId, TcpListener>()
  /** Bounded by the connections that the gateway accepts, and those that the program makes. */
  readonly #streams = new Map<StreamId, TcpStream>()
  #lastListener = 0
  #lastOutbound: StreamId = OUTBOUND_FROM - 1
  /** The gateway is there, as far as the history says. */
  #connected = true

  constructor(terms: EdgeTerms, ipv6OnlyFlag: number) {
    this.#terms = terms
    this.#listenerTerms = {
      number: () => ++this.#lastListener,
      opened: (listener) => this.#listeners.set(listener.listener ?? 0, listener),
      closed: (listener) => this.#listeners.delete(listener.listener ?? 0),
      connected: () => this.#connected,
      ipv6OnlyFlag,
    }
    this.#clientTerms = {
      number: () => ++this.#lastOutbound,
      opened: (stream) => this.#streams.set(stream.number, stream),
      closed: (stream) => this.#streams.delete(stream.number),
      connected: () => this.#connected,
    }
  }

  createListener(): TcpListener {
    return new TcpListener(this.#terms, this.#listenerTerms)
  }

  createClient(): TcpClient {
    return new TcpClient(this.#terms, this.#clientTerms)
  }

  receive(frame: Frame): void {
    if (frame.frame === 'data') this.#streams.get(frame.stream)?.receive(frame.bytes)
    else if (frame.frame === 'open') this.#open(frame)
    else if (frame.frame === 'credit') this.#streams.get(frame.stream)?.receiveCredit(frame.taken)
    else if (frame.frame === 'end') this.#streams.get(frame.stream)?.receiveEnd()
    else if (frame.frame === 'reset') this.#streams.get(frame.stream)?.receiveReset()
    else if (frame.frame === 'connected') this.#answer(frame)
    else if (frame.frame === 'secured') this.#secured(frame)
    else if (frame.frame === 'listening') this.#listeners.get(frame.listener)?.answer(frame.errno, frame.bound)
  }

  /**
   * The gateway is gone, and the clients' connections with it. One tick each: an error of one does not stop the
   * others.
   */
  lost(): void {
    this.#connected = false
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) {
      stream.sever()
      this.#terms.internals.later.nextTick(() => stream.receiveReset())
    }
  }

  /** A new gateway knows of no listener. */
  found(): void {
    this.#connected = true
    for (const listener of this.#listeners.values()) listener.announce()
  }

  #secured(frame: Extract<Frame, { frame: 'secured' }>): void {
    const stream = this.#streams.get(frame.stream)
    if (stream instanceof TcpClient) stream.onsecured?.(JSON.parse(frame.tls.json) as TlsOutcomeFields)
  }

  #answer(frame: Extract<Frame, { frame: 'connected' }>): void {
    const stream = this.#streams.get(frame.stream)
    if (stream instanceof TcpClient) stream.answer(frame)
  }

  #open(frame: Extract<Frame, { frame: 'open' }>): void {
    const listener = this.#listeners.get(frame.listener)
    if (listener === undefined) {
      // Accepted while the program was closing the listener.
      this.#terms.operations.submit(GROUP.gateway, { frame: 'reset', stream: frame.stream })
      return
    }
    const stream = new TcpStream(this.#terms, {
      stream: frame.stream,
      names: { remote: frame.remote, local: frame.local },
      tls: frame.tls,
      triggerAsyncId: listener.getAsyncId(),
      closed: () => {
        if (this.#streams.get(frame.stream) === stream) this.#streams.delete(frame.stream)
      },
      connected: true,
    })
    this.#streams.set(frame.stream, stream)
    listener.accept(stream)
  }
}
