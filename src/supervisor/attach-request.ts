import type { Locator, MemberId } from '../message/index.js'
import type { AttachRequest, Standing } from '../driver/index.js'
import type { Claim } from './claims.js'

/** What a datagram of the attach socket says; undefined for what does not fit: it is dropped, never trusted. */
export function parseAttachRequest(datagram: Uint8Array): AttachRequest | undefined {
  const value = parseJson(datagram)
  if (!isRecord(value)) return undefined
  const { type, slot, token, memberId } = value
  if (typeof slot !== 'string' || typeof token !== 'string' || !isNumber(memberId)) return undefined
  const member = memberId as MemberId
  if (type === 'attached') return { type, slot, token, memberId: member }
  if (type === 'alive') {
    const standing = standingOf(value['standing'])
    return standing && { type, slot, token, memberId: member, looped: value['looped'] === true, standing }
  }
  if (type !== 'claim') return undefined
  const { locator, pid, argv, cwd, refusedFlag, fingerprint } = value
  if (!isNumber(locator) || !isNumber(pid) || typeof cwd !== 'string') return undefined
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === 'string')) return undefined
  if (refusedFlag !== undefined && typeof refusedFlag !== 'string') return undefined
  const parts = parseFingerprint(fingerprint)
  if (parts === undefined) return undefined
  const place = { slot, token, memberId: member, locator: locator as Locator }
  return { type, ...place, pid, argv, cwd, refusedFlag, fingerprint: parts }
}

/** Whom a replica counts on, as it says itself. */
export function standingOf(value: unknown): Standing | undefined {
  if (!isRecord(value)) return undefined
  const { view, members, peers, leaving } = value
  if (!isRecord(view) || !Array.isArray(members) || !Array.isArray(peers) || !Array.isArray(leaving)) return undefined
  if (![view['number'], view['precedence'], view['backupView']].every(Number.isSafeInteger)) return undefined
  const whole = members.every((member) => {
    return isRecord(member) && isNumber(member['memberId']) && isNumber(member['locator'])
  })
  return whole && [...peers, ...leaving].every(isNumber) ? (value as unknown as Standing) : undefined
}

function parseFingerprint(value: unknown): Claim['fingerprint'] | undefined {
  if (!isRecord(value) || typeof value['hash'] !== 'string' || !isRecord(value['parts'])) return undefined
  const parts = Object.entries(value['parts'])
  if (!parts.every((part): part is [string, string] => typeof part[1] === 'string')) return undefined
  return { hash: value['hash'], parts: Object.fromEntries(parts) }
}

function parseJson(datagram: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(datagram).toString('utf8'))
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}
