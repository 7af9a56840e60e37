import type { AttachRequest } from '../../driver/index.js'
import { parseAttachRequest, standingOf } from '../attach-request.js'
import { parseLeaseWord } from './parse-lease.js'
import { isCount, isFields, isPositive } from './values.js'
import type { Fields } from './values.js'
import type { FollowedGateway, GenerationId, HostGuest, HostOrder, HostReport, Word } from './words.js'

/** What a datagram says; undefined for what does not fit: it is dropped, never trusted. */
export function parseWord(datagram: Uint8Array): Word | undefined {
  const value = parseJson(datagram)
  if (!isFields(value)) return undefined
  const { group, speaker, sequence, word } = value
  if (typeof group !== 'string' || !isCount(speaker) || !isCount(sequence)) return undefined
  const stamp = { group, speaker, sequence }
  if (word === 'report') return reportOf(value, stamp)
  if (word === 'hello') return { word, ...stamp }
  const { orphans } = value
  if (word === 'standby') return isCount(orphans) ? { word, ...stamp, orphans } : undefined
  return word === 'order' ? orderOf(value, stamp) : parseLeaseWord(value, stamp)
}

type Stamp = Pick<HostReport, 'group' | 'speaker' | 'sequence'>

function reportOf({ guest, gateway, generation, decided }: Fields, stamp: Stamp): HostReport | undefined {
  if (gateway !== null && !isGateway(gateway)) return undefined
  if (typeof decided !== 'boolean' || (generation !== null && !isGeneration(generation))) return undefined
  const place = { gateway, generation, decided }
  if (guest === null) return { word: 'report', ...stamp, ...place, guest }
  const parsed = isFields(guest) ? guestOf(guest) : undefined
  return parsed === undefined ? undefined : { word: 'report', ...stamp, ...place, guest: parsed }
}

function isGeneration(value: unknown): value is GenerationId {
  return isFields(value) && isCount(value['origin']) && isPositive(value['number']) && isCount(value['epoch'])
}

function isGateway(value: unknown): value is FollowedGateway {
  if (!isFields(value)) return false
  const { speaker, term, address, silent } = value
  return isCount(speaker) && isCount(term) && typeof address === 'string' && typeof silent === 'boolean'
}

function guestOf(guest: Fields): HostGuest | undefined {
  const { claim, started, founding, standing, answers, looped, end, evidence } = guest
  const parsed = isFields(claim) ? claimOf(claim) : undefined
  if (parsed === undefined || typeof started !== 'boolean' || typeof looped !== 'boolean') return undefined
  if (!isCount(answers) || typeof evidence !== 'string' || (end !== null && !isEnd(end))) return undefined
  if (founding !== null && !(isFields(founding) && isCount(founding['epoch']))) return undefined
  const known = standing === null ? null : standingOf(standing)
  if (known === undefined) return undefined
  const group = { founding, standing: known } as Pick<HostGuest, 'founding' | 'standing'>
  return { claim: parsed, started, ...group, answers, looped, end, evidence }
}

function claimOf(claim: Fields): HostGuest['claim'] | undefined {
  // The token is a matter between the replica and its own host.
  const bytes = Buffer.from(JSON.stringify({ ...claim, token: '' }))
  const request: AttachRequest | undefined = parseAttachRequest(bytes)
  return request?.type === 'claim' ? request : undefined
}

/** What a founding says is for the replica: it comes from the gateway that this host was told to trust. */
function orderOf(order: Fields, stamp: Stamp): HostOrder | undefined {
  const { term, generation, decided, member, start, kill, lost, over, probeMs, beatMs } = order
  if (!isGeneration(generation) || typeof decided !== 'boolean') return undefined
  if (!isCount(term) || !Array.isArray(lost) || !lost.every(isCount)) return undefined
  if (member !== null && !isCount(member)) return undefined
  if (typeof kill !== 'boolean' || !isPositive(probeMs) || !isPositive(beatMs)) return undefined
  if (start !== null && !(isFields(start) && isFields(start['founding']))) return undefined
  if (over !== null && !(isFields(over) && typeof over['reason'] === 'string' && isEnd(over['end']))) return undefined
  const group = { term, generation, decided, member }
  return { word: 'order', ...stamp, ...group, start, kill, lost, over, probeMs, beatMs } as unknown as HostOrder
}

function parseJson(datagram: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(datagram).toString('utf8'))
  } catch {
    return undefined
  }
}

function isEnd(value: unknown): value is HostGuest['end'] & object {
  return isFields(value) && isCount(value['code']) && isCount(value['signal'])
}
