import type { TlsFactsFields } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import type { TcpStream } from './tcp-stream.js'
import { TlsFacade } from './tls-facade.js'

/** A client's connection: the gateway has ended TLS before the program knows of it. */
export class TlsAccepted extends TlsFacade {
  constructor(terms: EdgeTerms, stream: TcpStream, facts: TlsFactsFields) {
    super(terms, stream)
    this.facts = facts
    // When the socket's owner has had the chance to listen for it, and before any bytes.
    terms.internals.later.nextTick(() => stream.enter(() => this.onhandshakedone?.()))
  }
}
