import { GROUP } from '../message/index.js'
import type { TlsFailure, TlsOutcomeFields } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import type { TcpClient } from './tcp-client.js'
import { TlsFacade } from './tls-facade.js'
import { tlsClientTerms } from './tls-terms.js'

/** Bytes in what the gateway tells of a certificate. */
interface Encoded {
  readonly base64: string
}

/**
 * A connection that the program makes, under TLS: the gateway shakes hands, from the connection's beginning or in its
 * middle, and the program judges what it is told of the other server as it would on plain Node.
 */
export class TlsClient extends TlsFacade {
  readonly #terms: EdgeTerms
  readonly #tcp: TcpClient
  #outcome: TlsOutcomeFields = {}
  /** Set by `_tls_wrap.js`. */
  onerror: ((error: Error) => void) | undefined = undefined

  constructor(terms: EdgeTerms, tcp: TcpClient) {
    super(terms, tcp)
    this.#terms = terms
    this.#tcp = tcp
    // Nothing for a server that the program has not judged yet.
    tcp.holdBack(true)
    tcp.onsecured = (outcome): void => this.#secured(outcome)
  }

  /** Called when there is a connection. */
  start(): number {
    const { internals, operations } = this.#terms
    const owner: unknown = Reflect.get(this, internals.ownerSymbol)
    try {
      const tls = { json: JSON.stringify(tlsClientTerms(owner)) }
      operations.submit(GROUP.gateway, { frame: 'secure', stream: this.#tcp.number, tls })
    } catch (refused) {
      // Nobody of the program is on the stack: it is an error of the connection.
      internals.later.nextTick(() => this.#tcp.enter(() => this.onerror?.(refused as Error)))
    }
    return 0
  }

  verifyError(): Error | null {
    const { distrust } = this.#outcome
    return distrust === undefined ? null : errorOf(distrust)
  }

  getPeerCertificate(): Record<string, unknown> | undefined {
    const { certificate } = this.#outcome
    if (certificate === undefined) return undefined
    return Object.fromEntries(Object.entries(certificate).map(([name, value]) => [name, decoded(value)]))
  }

  /** Only a weak key of the old kind (DH) is looked at, and no server has that any more. */
  getEphemeralKeyInfo(): object {
    return {}
  }

  #secured(outcome: TlsOutcomeFields): void {
    this.#outcome = outcome
    this.facts = outcome.facts
    const { failure } = outcome
    this.#tcp.enter(() => {
      if (failure === undefined) this.onhandshakedone?.()
      else this.onerror?.(errorOf(failure))
    })
    if (!this.#tcp.closed) this.#tcp.holdBack(false)
  }
}

function errorOf({ code, message }: TlsFailure): Error {
  return code === undefined ? new Error(message) : Object.assign(new Error(message), { code })
}

function decoded(value: unknown): unknown {
  const isEncoded = typeof value === 'object' && value !== null && 'base64' in value
  return isEncoded ? Buffer.from((value as Encoded).base64, 'base64') : value
}
