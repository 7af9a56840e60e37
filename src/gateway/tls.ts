import type { TLSSocket, TlsOptions } from 'node:tls'
import type { TlsFacts, TlsFactsFields, TlsMaterial, TlsTerms, TlsTermsFields } from '../message/index.js'
import { HANDSHAKE_MS } from './limits.js'

/** The options to end TLS with the program's own certificate (determinizer.md A12). Throws when they are no JSON. */
export function tlsOptions(terms: TlsTerms): TlsOptions {
  const { key, cert, pfx, ca, crl, dhparam, alpnProtocols, sessionTimeoutSeconds, handshakeTimeoutMs, ...same } =
    JSON.parse(terms.json) as TlsTermsFields
  const options = {
    ...same,
    key: key?.map((one) => ({ pem: bytesOf(one), passphrase: one.passphrase })),
    pfx: pfx?.map((one) => ({ buf: bytesOf(one), passphrase: one.passphrase })),
    cert: cert?.map(bytesOf),
    ca: ca?.map(bytesOf),
    crl: crl?.map(bytesOf),
    dhparam: dhparam && dhparamOf(dhparam),
    ALPNProtocols: alpnProtocols,
    sessionTimeout: sessionTimeoutSeconds,
    handshakeTimeout: handshakeTimeoutMs ?? HANDSHAKE_MS,
  }
  // Node takes an option that is there but undefined for a wrong one in places.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

export function tlsFacts(socket: TLSSocket): TlsFacts {
  const { name, standardName, version } = socket.getCipher()
  const fields: TlsFactsFields = {
    protocol: socket.getProtocol() ?? '',
    cipher: { name, standardName, version },
    // `|| false`: Node has null, undefined or '' in places where there is none.
    alpnProtocol: socket.alpnProtocol || false,
    servername: servernameOf(socket) || false,
    sessionReused: socket.isSessionReused(),
  }
  return { json: JSON.stringify(fields) }
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
