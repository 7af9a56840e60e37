import { createServer } from 'node:tls'
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls'
import type {
  TlsClientFields,
  TlsFacts,
  TlsFactsFields,
  TlsMaterial,
  TlsTerms,
  TlsTermsFields,
} from '../message/index.js'
import { HANDSHAKE_MS } from './limits.js'

/** The options to end TLS with the program's own certificate (determinizer.md A12). Throws when they are no JSON. */
export function tlsOptions(terms: TlsTerms): TlsOptions {
  const { dhparam, sessionTimeoutSeconds, handshakeTimeoutMs, ...fields } = JSON.parse(terms.json) as TlsTermsFields
  return given({
    ...contextOptions(fields),
    dhparam: dhparam && dhparamOf(dhparam),
    sessionTimeout: sessionTimeoutSeconds,
    handshakeTimeout: handshakeTimeoutMs ?? HANDSHAKE_MS,
  })
}

/** Whether Node takes them. */
export function isSensible(terms: TlsTerms | undefined): boolean {
  try {
    if (terms !== undefined) createServer(tlsOptions(terms))
    return true
  } catch {
    return false
  }
}

/** Those that both ends of a connection have. */
export function contextOptions(fields: TlsClientFields): SecureContextOptions & { readonly ALPNProtocols?: string[] } {
  const { key, cert, pfx, ca, crl, alpnProtocols, servername: _, ...same } = fields
  return given({
    ...same,
    key: key?.map((one) => ({ pem: bytesOf(one), passphrase: one.passphrase })),
    pfx: pfx?.map((one) => ({ buf: bytesOf(one), passphrase: one.passphrase })),
    cert: cert?.map(bytesOf),
    ca: ca?.map(bytesOf),
    crl: crl?.map(bytesOf),
    ALPNProtocols: alpnProtocols,
  })
}

/** Node takes an option that is there but undefined for a wrong one in places. */
function given(options: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Record<string, never>
}

export function tlsFacts(socket: TLSSocket): TlsFacts {
  return { json: JSON.stringify(factsOf(socket)) }
}

export function factsOf(socket: TLSSocket): TlsFactsFields {
  const { name, standardName, version } = socket.getCipher()
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: { name, standardName, version },
    // `|| false`: Node has null, undefined or '' in places where there is none.
    alpnProtocol: socket.alpnProtocol || false,
    servername: servernameOf(socket) || false,
    sessionReused: socket.isSessionReused(),
  }
}

function bytesOf(material: TlsMaterial): Buffer {
  return Buffer.from(material.base64, 'base64')
}

function dhparamOf(material: TlsMaterial): Buffer | string {
  const bytes = bytesOf(material)
  return bytes.toString() === 'auto' ? 'auto' : bytes
}

/** At a server's socket, the name that the client asked for (SNI). */
function servernameOf(socket: TLSSocket): string | false | null | undefined {
  return (socket as TLSSocket & { readonly servername?: string | false | null }).servername
}
