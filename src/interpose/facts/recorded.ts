import { type Operations, VALUE_SOURCE } from '../operations.js'
import { type Plain, recordOutcome, valueOf } from '../outcome.js'

type Call = (this: unknown, ...args: never[]) => unknown

/** A number that a function answers. */
export function recordedNumber(operations: Operations, read: () => number): () => number {
  return () => operations.recordNumber(VALUE_SOURCE.fact, read)
}

/** Records an object of numbers, field by field: they lie close to those of the last time. */
export function recordFields<Fields extends object>(
  operations: Operations,
  names: readonly string[],
  read: () => Fields,
): Fields {
  let own: Record<string, number> | undefined
  const fields: Record<string, number> = {}
  for (const name of names) {
    fields[name] = operations.recordNumber(
      VALUE_SOURCE.fact,
      () => (own ??= read() as unknown as Record<string, number>)[name] as number,
    )
  }
  return fields as unknown as Fields
}

/** C++ fills a shared array; at a backup the recorded numbers do. */
export function recordBuffer(operations: Operations, values: Float64Array | Int32Array, update: () => void): void {
  let updated = false
  for (let at = 0; at < values.length; at++) {
    values[at] = operations.recordNumber(VALUE_SOURCE.fact, () => {
      if (!updated) update()
      updated = true
      return values[at] as number
    })
  }
}

/** Anything that JSON holds, or the error thrown. */
export function recordPlain(operations: Operations, read: () => unknown): Plain {
  return valueOf(recordOutcome(operations, VALUE_SOURCE.fact, read as () => Plain))
}

/** A function of a binding that is called at the primary alone; `context`: which argument takes an error's details. */
export function recordCall(operations: Operations, owner: object, call: { name: string; context?: number }): void {
  const { name, context } = call
  const real = Reflect.get(owner, name) as Call | undefined
  if (real === undefined) return
  const replacement = function (this: unknown, ...args: never[]): unknown {
    if (!operations.inside) return Reflect.apply(real, this, args)
    const details = context === undefined ? undefined : (args[context] as object | undefined)
    const [result, filled] = recordPlain(operations, () => [Reflect.apply(real, this, args), details]) as [
      Plain,
      object,
    ]
    if (details !== undefined) Object.assign(details, filled)
    return result
  }
  Reflect.set(owner, name, replacement)
}
