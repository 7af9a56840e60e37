import { withFrames } from './call-site.js'
import { type Operations, type ValueSource } from './operations.js'

/** What JSON holds, all numbers, and arrays of them. */
export type Plain =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Uint32Array
  | Float64Array
  | BigInt64Array
  | readonly Plain[]
  | PlainObject
export interface PlainObject {
  readonly [name: string]: Plain
}

/** What a call came to at the primary, which is what it comes to at every replica. */
export type Outcome<Value = Plain> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly error: Error; readonly value?: undefined }

/** Errors are made anew at every replica, so that their stacks are the same; only these properties are kept. */
interface ErrorFields {
  readonly name: string
  readonly message: string
  readonly fields: PlainObject
}

/** LLFT's own frames, which are not shown, and the program's. */
const FRAMES_MAX = 60

const CONSTRUCTORS: Readonly<Record<string, ErrorConstructor>> = { Error, RangeError, TypeError }

/** Calls `produce` at the primary alone, and has its result, or the error that it throws, at every replica. */
export function recordOutcome(operations: Operations, source: ValueSource, produce: () => Plain): Outcome {
  return readOutcome(operations.recordText(source, () => writeOutcome(produce)))
}

export function writeOutcome(produce: () => Plain): string {
  try {
    return encodePlain([produce()])
  } catch (error) {
    return encodePlain({ ...fieldsOf(error) })
  }
}

export function readOutcome(text: string): Outcome {
  const decoded = decodePlain(text)
  if (Array.isArray(decoded)) return { value: (decoded as readonly Plain[])[0] }
  return { error: errorOf(decoded as unknown as ErrorFields) }
}

export function outcomeOf<Value>(call: () => Value): Outcome<Value> {
  try {
    return { value: call() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

/** The value, or the error thrown. */
export function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.error !== undefined) throw outcome.error
  return outcome.value
}

export function encodePlain(plain: Plain): string {
  return JSON.stringify(plain, function (this: Record<string, unknown>, name, value: unknown) {
    // As it was before `toJSON`, which a Buffer has.
    const bytes = this[name]
    if (bytes instanceof Uint8Array) return { $bytes: Buffer.from(bytes).toString('base64') }
    if (value === undefined) return { $undefined: true }
    if (value instanceof Uint32Array) return { $uint32: [...value] }
    if (value instanceof Float64Array) return { $float64: [...value] }
    if (value instanceof BigInt64Array) return { $int64: Array.from(value, String) }
    return typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : value
  })
}

/** Bytes come as a Buffer with memory of its own. */
export function decodePlain(text: string): Plain {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$undefined' in value) return undefined
    if ('$number' in value) return Number(value.$number)
    if ('$uint32' in value) return Uint32Array.from(value.$uint32 as number[])
    if ('$float64' in value) return Float64Array.from(value.$float64 as number[])
    if ('$int64' in value) return BigInt64Array.from(value.$int64 as string[], BigInt)
    if (!('$bytes' in value)) return value
    return Buffer.from(Uint8Array.from(Buffer.from(String(value.$bytes), 'base64')).buffer)
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
  return Object.assign(
    withFrames(FRAMES_MAX, () => new Constructor(message)),
    fields,
  )
}

/** Where a call to the system failed, as libuv and Node name it. */
export interface SystemFailure {
  readonly errno: number
  readonly code: string
  /** What `code` means. */
  readonly description: string
  readonly syscall: string
  readonly path?: string | undefined
  readonly dest?: string | undefined
}

/** The error that Node's own C++ makes of it. */
export function systemError({ description, ...fields }: SystemFailure): Error {
  const { code, syscall, path, dest } = fields
  const where = path === undefined ? '' : ` '${path}'${dest === undefined ? '' : ` -> '${dest}'`}`
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const message = `${code}: ${description}, ${syscall}${where}`
  return Object.assign(
    withFrames(FRAMES_MAX, () => new Error(message)),
    Object.fromEntries(given),
  )
}
