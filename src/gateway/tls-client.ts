import { connect } from 'node:tls'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { TlsClientFields, TlsFailure, TlsOutcomeFields } from '../message/index.js'
import type { ClientStream } from './client-stream.js'
import { contextOptions, factsOf } from './tls.js'

/**
 * Makes TLS of a connection to another server, and tells the outcome once. Whom to trust is judged here, by the roots
 * of this host or those that the program gives; what follows from it is the program's matter.
 */
export function secure(stream: ClientStream, json: string, told: (outcome: TlsOutcomeFields) => void): void {
  let open = true
  const tell = (outcome: TlsOutcomeFields): void => {
    if (open) told(outcome)
    open = false
  }
  try {
    const fields = JSON.parse(json) as TlsClientFields
    const { servername } = fields
    const socket = connect({
      ...contextOptions(fields),
      socket: stream.tcp,
      // Told instead of acted upon.
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
      checkServerIdentity: () => undefined,
    })
    socket.once('secureConnect', () => tell(outcomeOf(socket)))
    socket.once('error', (error) => tell({ failure: failureOf(error) }))
    socket.once('close', () => tell({ failure: { code: 'ECONNRESET', message: DISCONNECTED } }))
    stream.wrap(socket)
  } catch (error) {
    // Settings that make no sense to Node.
    tell({ failure: failureOf(error as Error) })
  }
}

/** As Node says it. */
const DISCONNECTED = 'Client network socket disconnected before secure TLS connection was established'

function outcomeOf(socket: TLSSocket): TlsOutcomeFields {
  const distrust = distrustOf(socket)
  const outcome = { facts: factsOf(socket), certificate: plain(socket.getPeerCertificate()) }
  return distrust === undefined ? outcome : { ...outcome, distrust }
}

/** The socket keeps only the code of what OpenSSL says; its handle has the words too. */
function distrustOf(socket: TLSSocket): TlsFailure | undefined {
  const code = socket.authorizationError as unknown as string | null
  if (code === null || code === undefined) return undefined
  const { _handle: handle } = socket as unknown as { readonly _handle?: { verifyError?(): Error | null } }
  return { code, message: handle?.verifyError?.()?.message ?? code }
}

function failureOf(error: NodeJS.ErrnoException): TlsFailure {
  return { message: error.message, ...(error.code === undefined ? {} : { code: error.code }) }
}

/** Without what only this process can use; bytes as base64. */
function plain(certificate: PeerCertificate): Record<string, unknown> {
  const { infoAccess: _, ...fields } = certificate
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value,
    ]),
  )
}
