import type { TlsFactsFields } from '../message/index.js'
import type { NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { refusal } from './refusal.js'
import { TcpClient } from './tcp-client.js'
import { TcpStream } from './tcp-stream.js'
import { TlsFacade, completeFacade } from './tls-facade.js'

/** TLS ends at the gateway (determinizer.md A12): wrapping one of its streams in TLS gives a facade. */
export function installTls(terms: EdgeTerms): void {
  const binding = terms.internals.binding('tls_wrap')
  const real = binding['wrap'] as NativeFunction
  completeFacade((binding['TLSWrap'] as NativeClass).prototype as object)
  binding['wrap'] = (handle: unknown, ...rest: unknown[]): unknown => {
    if (handle instanceof TcpClient) throw refusal('LLFT_E_REFUSED_OUTBOUND', 'tls.connect()')
    if (!(handle instanceof TcpStream) || handle.tlsFacts === undefined) return real(handle, ...rest)
    return new TlsFacade(terms, handle, JSON.parse(handle.tlsFacts.json) as TlsFactsFields)
  }
}
