import type { TlsFactsFields } from '../message/index.js'
import type { NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { TcpClient } from './tcp-client.js'
import { TcpStream } from './tcp-stream.js'
import { TlsAccepted } from './tls-accepted.js'
import { TlsClient } from './tls-client.js'
import { completeFacade } from './tls-facade.js'

/** TLS ends at the gateway (determinizer.md A12): wrapping one of its streams in TLS gives a facade. */
export function installTls(terms: EdgeTerms): void {
  const binding = terms.internals.binding('tls_wrap')
  const real = binding['wrap'] as NativeFunction
  completeFacade((binding['TLSWrap'] as NativeClass).prototype as object)
  binding['wrap'] = (handle: unknown, ...rest: unknown[]): unknown => {
    const [, isServer] = rest
    if (handle instanceof TcpClient && isServer !== true) return new TlsClient(terms, handle)
    if (!(handle instanceof TcpStream) || handle.tlsFacts === undefined) return real(handle, ...rest)
    return new TlsAccepted(terms, handle, JSON.parse(handle.tlsFacts.json) as TlsFactsFields)
  }
}
