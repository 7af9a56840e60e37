/**
 * What the JSON of `TlsTerms` and `TlsFacts` holds. Terms: those options of `tls.createServer` that are named here, as
 * the program gave them, with every byte array (also inside lists and objects) written as `TlsBytes`.
 */
export const TLS_TERM_NAMES = [
  'ALPNProtocols',
  'ca',
  'cert',
  'ciphers',
  'crl',
  'dhparam',
  'ecdhCurve',
  'handshakeTimeout',
  'honorCipherOrder',
  'key',
  'maxVersion',
  'minVersion',
  'passphrase',
  'pfx',
  'secureOptions',
  'secureProtocol',
  'sessionIdContext',
  'sessionTimeout',
  'sigalgs',
  'ticketKeys',
] as const

export interface TlsBytes {
  readonly base64: string
}

/** The content of `TlsFacts`: the properties and results of the gateway's `TLSSocket` of the same names. */
export interface TlsFactsContent {
  readonly protocol: string
  readonly cipher: { readonly name: string; readonly standardName: string; readonly version: string }
  readonly alpnProtocol: string | false
  readonly servername: string | false
  readonly sessionReused: boolean
}
