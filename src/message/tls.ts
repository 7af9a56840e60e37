/**
 * What `TlsTerms.json` and `TlsFacts.json` hold: the same names and meanings as the options of `tls.createServer`, so
 * that a gateway on Node hands them over as they are. Absent means Node's default.
 */
export interface TlsTermsFields {
  readonly key?: readonly TlsMaterial[]
  readonly cert?: readonly TlsMaterial[]
  readonly pfx?: readonly TlsMaterial[]
  readonly ca?: readonly TlsMaterial[]
  readonly crl?: readonly TlsMaterial[]
  readonly dhparam?: TlsMaterial
  /** For every key and PFX that names none of its own. */
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
  readonly sessionTimeoutSeconds?: number
  readonly handshakeTimeoutMs?: number
  readonly alpnProtocols?: readonly string[]
}

/** The bytes of a PEM or PFX text or file. */
export interface TlsMaterial {
  readonly base64: string
  readonly passphrase?: string
}

/** What the server's side of a finished handshake answers: `getProtocol()`, `getCipher()`, ... of a `TLSSocket`. */
export interface TlsFactsFields {
  readonly protocol: string
  readonly cipher: { readonly name: string; readonly standardName: string; readonly version: string }
  /** The negotiated protocol; false when none was. */
  readonly alpnProtocol: string | false
  /** The name that the client asked for; false when it asked for none. */
  readonly servername: string | false
  readonly sessionReused: boolean
}

/** JSON in `secure`: what a program gives `tls.connect`, as far as the handshake is concerned. */
export interface TlsClientFields extends Pick<
  TlsTermsFields,
  | 'key'
  | 'cert'
  | 'pfx'
  | 'ca'
  | 'crl'
  | 'passphrase'
  | 'ciphers'
  | 'sigalgs'
  | 'ecdhCurve'
  | 'minVersion'
  | 'maxVersion'
  | 'secureProtocol'
  | 'secureOptions'
  | 'alpnProtocols'
> {
  /** The name asked for (SNI). */
  readonly servername?: string
}

export interface TlsFailure {
  readonly code?: string
  readonly message: string
}

/** JSON in `secured`. */
export interface TlsOutcomeFields {
  /** The handshake itself failed: there is nothing else then. */
  readonly failure?: TlsFailure
  readonly facts?: TlsFactsFields
  /** Why the server's certificate is not to be trusted, if it is not; whether that matters the program says. */
  readonly distrust?: TlsFailure
  /** The server's own certificate as `getPeerCertificate` gives it; bytes as base64. */
  readonly certificate?: Readonly<Record<string, unknown>>
}
