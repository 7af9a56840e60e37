import { llftError, nearest } from '../errors/index.js'
import { type Address, formatAddress, formatListen, type ListenMapping, parseAddress, parseListen } from './address.js'
import { fencingOf } from './fencing.js'
import type { Place } from './fencing.js'
import { allGiven, given, numberOf, wholeNumber } from './given.js'
import type { RunInput } from './given.js'
import {
  ADMIN_FALLBACK,
  NUMBER_BOUNDS,
  OPTIONS,
  type RunOptions,
  type CommitName,
  type TransportName,
  COMMIT_MODES,
  TRANSPORTS,
} from './options.js'

/** Long enough for any name a person gives, short enough for a file name. */
const NAME_LENGTH_MAX = 64

/** Flags win over `LLFT_*` variables, and those over defaults. Raises an `LlftError` for what cannot be used. */
export function resolveRunOptions(input: RunInput, place: Place = 'run'): RunOptions {
  const [file, ...args] = input.command
  if (file === undefined) throw llftError('LLFT_E_USAGE_MISSING_COMMAND', {})
  refuseMistypedVariables(input.env)
  const admin = given(input, 'admin')
  return Object.freeze<RunOptions>({
    command: Object.freeze([file, ...args] as const),
    name: nameOf(input),
    listen: listenOf(input),
    transport: transportOf(input),
    commit: commitOf(input),
    fencing: fencingOf(input, place),
    admin: admin === undefined ? ADMIN_FALLBACK : parseAddress(admin.value, admin.origin),
    adminFixed: admin !== undefined,
    replicas: replicasOf(input),
    guestStartMs: numberOf(input, 'guestStartMs'),
    stopGraceMs: numberOf(input, 'stopGraceMs'),
    timingWindowMs: numberOf(input, 'timingWindowMs'),
    maxSameCrashes: numberOf(input, 'maxSameCrashes'),
    historyBytesMax: numberOf(input, 'historyBytesMax'),
    snapshotBytes: numberOf(input, 'snapshotBytes'),
    journal: given(input, 'journal')?.value,
  })
}

/** The admin address that `llft status` and `llft kill` were told, if any. */
export function resolveAdminAddress(input: Pick<RunInput, 'flags' | 'env'>): Address | undefined {
  const admin = given(input, 'admin')
  return admin === undefined ? undefined : parseAddress(admin.value, admin.origin)
}

function replicasOf(input: RunInput): number {
  const { min, max, fallback } = NUMBER_BOUNDS.replicas
  const found = given(input, 'replicas')
  if (found === undefined) return fallback
  const number = wholeNumber(found.value)
  if (number === undefined || number < min || number > max) {
    throw llftError('LLFT_E_USAGE_REPLICAS', { ...found, min, max })
  }
  return number
}

function nameOf(input: RunInput): string {
  const found = given(input, 'name')
  if (found === undefined) return input.directoryName.replace(/[^\w.-]+/g, '-').slice(0, NAME_LENGTH_MAX) || 'app'
  if (!/^[\w.-]+$/.test(found.value) || found.value.length > NAME_LENGTH_MAX) {
    throw llftError('LLFT_E_USAGE_NAME', { ...found, max: NAME_LENGTH_MAX })
  }
  return found.value
}

function transportOf(input: RunInput): TransportName {
  const found = given(input, 'transport')
  // On loopback a copy for each replica costs less than waking them all (ADR 5).
  if (found === undefined) return 'unicast'
  const transport = TRANSPORTS.find((name) => name === found.value)
  if (transport !== undefined) return transport
  throw llftError('LLFT_E_USAGE_TRANSPORT', { ...found, suggestion: nearest(found.value, TRANSPORTS) ?? 'auto' })
}

function commitOf(input: RunInput): CommitName {
  const found = given(input, 'commit')
  if (found === undefined) return 'reflected'
  const commit = COMMIT_MODES.find((name) => name === found.value)
  if (commit !== undefined) return commit
  throw llftError('LLFT_E_USAGE_COMMIT', { ...found, suggestion: nearest(found.value, COMMIT_MODES) ?? 'reflected' })
}

function listenOf(input: RunInput): readonly ListenMapping[] {
  const mappings = allGiven(input, 'listen').map(({ value, origin }) => parseListen(value, origin))
  const texts = mappings.map(formatListen).join(', ')
  const appPorts = new Set<number>()
  const addresses = new Set<string>()
  for (const mapping of mappings) {
    const address = formatAddress(mapping.public)
    const twice = appPorts.has(mapping.appPort)
      ? `port ${mapping.appPort} of the program`
      : addresses.has(address) && mapping.public.port !== 0
        ? address
        : undefined
    if (twice !== undefined) throw llftError('LLFT_E_CONFIG_LISTEN_TWICE', { what: twice, mappings: texts })
    appPorts.add(mapping.appPort)
    addresses.add(address)
  }
  return Object.freeze(mappings)
}

/** A variable that is one slip away from one of ours; others may carry our prefix for reasons of their own. */
function refuseMistypedVariables(env: RunInput['env']): void {
  const ours = Object.values(OPTIONS).map(({ variable }) => variable as string)
  for (const variable of Object.keys(env).toSorted()) {
    if (!variable.startsWith('LLFT_') || ours.includes(variable)) continue
    const suggestion = nearest(
      variable.slice('LLFT_'.length),
      ours.map((name) => name.slice('LLFT_'.length)),
    )
    if (suggestion === undefined) continue
    throw llftError('LLFT_E_USAGE_UNKNOWN_VARIABLE', { variable, suggestion: `LLFT_${suggestion}` })
  }
}
