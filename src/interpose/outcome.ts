import { type Operations, type ValueSource } from './operations.js'

/** What JSON holds, all numbers, and bytes. */
export type Plain = undefined | null | boolean | number | string | Uint8Array | readonly Plain[] | PlainObject
export interface PlainObject {
  readonly [name: string]: Plain
}

/** What a call came to at the primary, which is what it comes to at every replica. */
export type Outcome = { readonly value: Plain; readonly error?: never } | { readonly error: Error }

/** Errors are made anew at every replica, so that their stacks are the same; only these properties are kept. */
interface ErrorFields {
  readonly name: string
  readonly message: string
  readonly fields: PlainObject
}

const CONSTRUCTORS: Readonly<Record<string, ErrorConstructor>> = { Error, RangeError, TypeError }

/** Calls `produce` at the primary alone, and has its result, or the error that it throws, at every replica. */
export function recordOutcome(operations: Operations, source: ValueSource, produce: () => Plain): Outcome {
  const text = operations.recordText(source, () => {
    try {
      return encodePlain([produce()])
    } catch (error) {
      return encodePlain({ ...fieldsOf(error) })
    }
  })
  const decoded = decodePlain(text)
  if (Array.isArray(decoded)) return { value: (decoded as readonly Plain[])[0] }
  return { error: errorOf(decoded as unknown as ErrorFields) }
}

/** The value, or the error thrown. */
export function valueOf(outcome: Outcome): Plain {
  if (outcome.error !== undefined) throw outcome.error
  return outcome.value
}

export function encodePlain(plain: Plain): string {
  return JSON.stringify(plain, function (this: Record<string, unknown>, name, value: unknown) {
    // As it was before `toJSON`, which a Buffer has.
    const bytes = this[name]
    if (bytes instanceof Uint8Array) return { $bytes: Buffer.from(bytes).toString('base64') }
    if (value === undefined) return { $undefined: true }
    return typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : value
  })
}

export function decodePlain(text: string): Plain {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$undefined' in value) return undefined
    if ('$number' in value) return Number(value.$number)
    if (!('$bytes' in value)) return value
    return new Uint8Array(Buffer.from(String(value.$bytes), 'base64'))
  }) as Plain
}

function fieldsOf(thrown: unknown): ErrorFields & PlainObject {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const fields: Record<string, Plain> = {}
  for (const [name, value] of Object.entries(error)) if (isPlain(value)) fields[name] = value
  return { name: error.name, message: error.message, fields }
}

function isPlain(value: unknown): value is Plain {
  return ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.every(isPlain))
}

function errorOf({ name, message, fields }: ErrorFields): Error {
  const Constructor = CONSTRUCTORS[name] ?? Error
  const error = new Constructor(message)
  return Object.assign(error, fields)
}
