import { SNAPSHOT_BYTES_MAX } from '../../message/index.js'
import { type Operations, VALUE_SOURCE } from '../operations.js'
import { reasonOf } from './reason.js'

export type Saved = { readonly bytes: Uint8Array } | { readonly reason: string }

/** In front of what is recorded. */
const IS_REASON = 0
const IS_VALUE = 1

/**
 * A value as bytes, the same at every replica. They are recorded: how V8 keeps a value (a whole number as an integer or
 * as a double, say), which differs between replicas, shows in what it writes. Every replica writes its own, because
 * that calls the program's getters.
 */
export function savedValue(operations: Operations, serialize: () => Uint8Array): Saved {
  const own = attempt(serialize)
  const recorded = operations.recordBytes(VALUE_SOURCE.fact, () => pack(own))
  const rest = recorded.subarray(1)
  return recorded[0] === IS_VALUE ? { bytes: rest } : { reason: Buffer.from(rest).toString() }
}

function attempt(serialize: () => Uint8Array): Saved {
  try {
    const bytes = serialize()
    if (bytes.length <= SNAPSHOT_BYTES_MAX) return { bytes }
    return { reason: `what save() returned takes ${bytes.length} bytes, of ${SNAPSHOT_BYTES_MAX} at most` }
  } catch (error) {
    return { reason: `what save() returned cannot be carried: ${reasonOf(error)}` }
  }
}

function pack(saved: Saved): Uint8Array {
  if ('reason' in saved) return Buffer.concat([Buffer.of(IS_REASON), Buffer.from(saved.reason)])
  return Buffer.concat([Buffer.of(IS_VALUE), saved.bytes])
}
