import type { TlsClientFields, TlsMaterial, TlsTerms, TlsTermsFields } from '../message/index.js'
import { refusal } from './refusal.js'

interface Materials {
  readonly key?: unknown
  readonly cert?: unknown
  readonly pfx?: unknown
  readonly ca?: unknown
  readonly crl?: unknown
  readonly dhparam?: unknown
}

/** The properties that a `tls.Server` keeps its options in; others are found by the description of their symbols. */
interface TlsServer extends Materials {
  readonly passphrase?: string
  readonly ciphers?: string
  readonly sigalgs?: string
  readonly ecdhCurve?: string
  readonly minVersion?: string
  readonly maxVersion?: string
  readonly secureProtocol?: string
  readonly secureOptions?: number
  readonly honorCipherOrder?: boolean
  readonly sessionIdContext?: string
  readonly sessionTimeout?: number
  readonly requestCert: boolean
  readonly ALPNProtocols?: Uint8Array
  readonly ALPNCallback?: unknown
  readonly _contexts: readonly unknown[]
}

/** What `tls.connect` was given, as its socket keeps it. */
interface ConnectOptions extends Omit<TlsServer, 'ALPNProtocols'> {
  readonly ALPNProtocols?: Uint8Array | readonly string[]
  readonly servername?: string
  readonly secureContext?: unknown
  readonly pskCallback?: unknown
}

/** What the gateway needs to shake hands for `owner`, a socket that `tls.connect` made. */
export function tlsClientTerms(owner: unknown): TlsClientFields {
  const options = (bySymbol(owner as object, 'connect-options') ?? {}) as ConnectOptions
  if (options.secureContext !== undefined || options.pskCallback !== undefined) {
    throw refusal('LLFT_E_REFUSED_OUTBOUND', 'tls.connect() with secureContext or pskCallback')
  }
  const protocols = options.ALPNProtocols
  const fields = {
    ...materials(options),
    passphrase: options.passphrase,
    ciphers: options.ciphers,
    sigalgs: options.sigalgs,
    ecdhCurve: options.ecdhCurve,
    minVersion: options.minVersion,
    maxVersion: options.maxVersion,
    secureProtocol: options.secureProtocol,
    secureOptions: options.secureOptions,
    alpnProtocols: Array.isArray(protocols) ? (protocols as string[]) : alpnProtocols(protocols as Uint8Array),
    servername: options.servername === '' ? undefined : options.servername,
  } satisfies { readonly [Name in keyof TlsClientFields]: TlsClientFields[Name] | undefined }
  return fields as TlsClientFields
}

/** What the gateway needs to end TLS for `owner`; undefined when it is not a `tls.Server` (determinizer.md A12). */
export function tlsTerms(owner: unknown): TlsTerms | undefined {
  if (!isTlsServer(owner)) return undefined
  refuseUnsupported(owner)
  const handshakeTimeoutMs = bySymbol(owner, 'handshake-timeout')
  const fields = {
    ...materials(owner),
    passphrase: owner.passphrase,
    ciphers: owner.ciphers,
    sigalgs: owner.sigalgs,
    ecdhCurve: owner.ecdhCurve,
    minVersion: owner.minVersion,
    maxVersion: owner.maxVersion,
    secureProtocol: owner.secureProtocol,
    secureOptions: owner.secureOptions,
    honorCipherOrder: owner.honorCipherOrder,
    sessionIdContext: owner.sessionIdContext,
    sessionTimeoutSeconds: owner.sessionTimeout,
    handshakeTimeoutMs: typeof handshakeTimeoutMs === 'number' ? handshakeTimeoutMs : undefined,
    alpnProtocols: alpnProtocols(owner.ALPNProtocols),
  } satisfies { readonly [Name in keyof TlsTermsFields]: TlsTermsFields[Name] | undefined }
  return { json: JSON.stringify(fields) }
}

/** Recognised by its shape, because loading `tls` here would load it into programs that do not use it. */
function isTlsServer(owner: unknown): owner is TlsServer {
  return typeof owner === 'object' && owner !== null && '_sharedCreds' in owner && 'requestCert' in owner
}

function refuseUnsupported(server: TlsServer): void {
  if (server.requestCert) throw refusal('LLFT_E_REFUSED_CLIENT_CERTIFICATE', 'listen() with requestCert')
  const callback =
    bySymbol(server, 'snicallback') ?? bySymbol(server, 'pskcallback') ?? server.ALPNCallback ?? server._contexts[0]
  if (callback !== undefined) throw refusal('LLFT_E_REFUSED_SNI', 'listen() with a callback of TLS')
}

function bySymbol(server: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(server).find((candidate) => candidate.description === description)
  return symbol === undefined ? undefined : (Reflect.get(server, symbol) as unknown)
}

function materials(server: Materials): Pick<TlsTermsFields, 'key' | 'cert' | 'pfx' | 'ca' | 'crl' | 'dhparam'> {
  const [dhparam] = material(server.dhparam) ?? []
  return {
    ...named('key', material(server.key)),
    ...named('cert', material(server.cert)),
    ...named('pfx', material(server.pfx)),
    ...named('ca', material(server.ca)),
    ...named('crl', material(server.crl)),
    ...(dhparam === undefined ? {} : { dhparam }),
  }
}

function named(name: string, value: readonly TlsMaterial[] | undefined): Record<string, readonly TlsMaterial[]> {
  return value === undefined ? {} : { [name]: value }
}

/** Node takes a text, bytes, an object of either with a passphrase, or a list of these. */
function material(value: unknown): readonly TlsMaterial[] | undefined {
  if (value === undefined || value === null) return undefined
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(one)
}

function one(value: unknown): TlsMaterial {
  if (typeof value === 'string') return { base64: Buffer.from(value).toString('base64') }
  if (ArrayBuffer.isView(value)) {
    return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  }
  const { pem, buf, passphrase } = value as { pem?: unknown; buf?: unknown; passphrase?: string }
  return { ...one(pem ?? buf ?? ''), ...(passphrase === undefined ? {} : { passphrase }) }
}

/** `tls` keeps the names as TLS writes them: each after a byte with its length. */
function alpnProtocols(list: Uint8Array | undefined): readonly string[] | undefined {
  if (list === undefined) return undefined
  const names: string[] = []
  for (let at = 0; at < list.length; at += 1 + (list[at] ?? 0)) {
    names.push(Buffer.from(list.subarray(at + 1, at + 1 + (list[at] ?? 0))).toString('latin1'))
  }
  return names
}
