import { concatenate } from '../base/index.js'
import { ENTRY_BYTES_MAX, ENTRY_CONTINUES } from '../message/index.js'
import { VALUE_SOURCE, type ValueSource } from './operations.js'

/**
 * The value stream inside order entries. Every value has a tag byte: its source in the low three bits, its form in the
 * high five. A small step against the last value of the same source fits into the tag; source 0 is control.
 */
const FORM = {
  /** Forms 0 .. 15 are the zigzag step itself. */
  step: 16,
  double: 17,
  /** Text comes in chunks; a first chunk cancels an unfinished text before it (of a primary that died inside one). */
  textFirst: 18,
  textMore: 19,
  textOnly: 20,
  textLast: 21,
} as const

const CONTROL = { end: 0, repeat: 1, sent: 2 } as const

const SOURCE_BITS = 3
const SOURCE_MASK = 7
const SOURCES = Object.keys(VALUE_SOURCE).length + 1
/** Beyond this a zigzag step would not be exact in a double. */
const STEP_MAX = 2 ** 51
/** Tag and the longest varint, or a double. */
const NUMBER_BYTES_MAX = 10
const SENT_BYTES = 2
/** Kept free in every part for a pending repeat and for the check that ends an operation. */
const TAIL_BYTES_MAX = 32
/** Longer text is cut into chunks of at most this, so that a chunk with its tag and length fits any part. */
const TEXT_CHUNK_BYTES_MAX = ENTRY_BYTES_MAX - TAIL_BYTES_MAX - 16

/** The last value of each source: what steps are counted from. One object serves writing and reading. */
export class LastValues {
  readonly numbers: Float64Array = new Float64Array(SOURCES)
}

export function isStep(value: number, last: number): boolean {
  return Number.isSafeInteger(value) && Math.abs(value - last) <= STEP_MAX && !Object.is(value, -0)
}

/** Writes one part (one order entry) after the other into the same memory. */
export class ValueWriter {
  readonly #bytes: Uint8Array = new Uint8Array(ENTRY_BYTES_MAX)
  readonly #view: DataView = new DataView(this.#bytes.buffer)
  readonly #last: Float64Array
  readonly #encoder: InstanceType<typeof TextEncoder> = new TextEncoder()
  readonly #seal: () => void
  #at = 0
  #repeatSource = 0
  #repeatStep = 0
  #repeats = 0
  /** Values in the running operation, those read before this replica became primary included. */
  count = 0

  /** `seal` hands the full part on and begins a continuation. */
  constructor(last: LastValues, seal: () => void) {
    this.#last = last.numbers
    this.#seal = seal
  }

  begin(kind: number): void {
    this.#at = 0
    this.byte(kind)
    this.#repeatSource = 0
    this.#repeats = 0
  }

  /** Nothing but the kind has been written. */
  get empty(): boolean {
    return this.#at === 1 && this.#repeats === 0
  }

  /** The part as it will be in the history; valid until the next `begin`. */
  part(continues: boolean): Uint8Array {
    this.#flushRepeats()
    if (continues) this.#bytes[0] = (this.#bytes[0] as number) | ENTRY_CONTINUES
    return this.#bytes.subarray(0, this.#at)
  }

  byte(value: number): void {
    this.#bytes[this.#at++] = value
  }

  varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  number(source: ValueSource, value: number): void {
    this.count++
    const last = this.#last[source] as number
    if (!isStep(value, last)) {
      this.#room(NUMBER_BYTES_MAX)
      this.byte(source | (FORM.double << SOURCE_BITS))
      this.#view.setFloat64(this.#at, value, true)
      this.#at += 8
      return
    }
    const step = value - last
    this.#last[source] = value
    if (source === this.#repeatSource && step === this.#repeatStep) {
      this.#repeats++
      return
    }
    this.#room(NUMBER_BYTES_MAX)
    this.#repeatSource = source
    this.#repeatStep = step
    const zigzag = step >= 0 ? step * 2 : -step * 2 - 1
    if (zigzag < FORM.step) this.byte(source | (zigzag << SOURCE_BITS))
    else {
      this.byte(source | (FORM.step << SOURCE_BITS))
      this.varint(zigzag)
    }
  }

  text(source: ValueSource, text: string): void {
    this.bytes(source, this.#encoder.encode(text))
  }

  /** Text and bytes are the same to a reader that knows what it asks for. */
  bytes(source: ValueSource, bytes: Uint8Array): void {
    this.count++
    let from = 0
    do {
      const chunk = bytes.subarray(from, from + TEXT_CHUNK_BYTES_MAX)
      const first = from === 0
      from += chunk.length
      this.#room(NUMBER_BYTES_MAX + chunk.length)
      const form =
        from === bytes.length ? (first ? FORM.textOnly : FORM.textLast) : first ? FORM.textFirst : FORM.textMore
      this.byte(source | (form << SOURCE_BITS))
      this.varint(chunk.length)
      this.#bytes.set(chunk, this.#at)
      this.#at += chunk.length
    } while (from < bytes.length)
  }

  /** A message leaves: a byte of the digest of all that have. */
  sent(check: number): void {
    this.#room(SENT_BYTES)
    this.byte(CONTROL.sent << SOURCE_BITS)
    this.byte(check)
  }

  /** The check at the end of an operation: async ids taken, and values recorded. */
  end(asyncIds: number): void {
    this.#flushRepeats()
    this.byte(CONTROL.end << SOURCE_BITS)
    this.varint(asyncIds)
    this.varint(this.count)
  }

  #room(bytes: number): void {
    this.#flushRepeats()
    this.#repeatSource = 0
    if (this.#at + bytes + TAIL_BYTES_MAX > ENTRY_BYTES_MAX) this.#seal()
  }

  #flushRepeats(): void {
    if (this.#repeats === 0) return
    this.byte(CONTROL.repeat << SOURCE_BITS)
    this.varint(this.#repeats)
    this.#repeats = 0
  }
}

/** Reads the parts that a `ValueWriter` wrote. A contradiction goes to `mismatch`, which does not return. */
export class ValueReader {
  readonly #last: Float64Array
  readonly #decoder: InstanceType<typeof TextDecoder> = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #mismatch: (what: string) => never
  #bytes: Uint8Array = new Uint8Array(1)
  #at = 0
  #repeatSource = 0
  #repeatStep = 0
  #repeats = 0
  /** Chunks of a text that goes on in the next part. */
  #chunks: Uint8Array[] = []
  count = 0

  constructor(last: LastValues, mismatch: (what: string) => never) {
    this.#last = last.numbers
    this.#mismatch = mismatch
  }

  /** Opens a part behind its first byte. */
  open(part: Uint8Array): void {
    this.#bytes = part
    this.#at = 1
    this.#repeats = 0
  }

  get part(): Uint8Array {
    return this.#bytes
  }

  /** Something is left in this part. */
  get ready(): boolean {
    return this.#repeats > 0 || this.#at < this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#at++] as number
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }

  /** Only when `ready`. */
  number(source: ValueSource): number {
    this.count++
    if (this.#repeats > 0 || this.#takeRepeats()) {
      if (source !== this.#repeatSource) this.#wrong(source, this.#repeatSource)
      this.#repeats--
      return (this.#last[source] = (this.#last[source] as number) + this.#repeatStep)
    }
    const form = this.#form(source)
    if (form === FORM.double) {
      const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8)
      this.#at += 8
      return view.getFloat64(0, true)
    }
    if (form > FORM.step)
      return this.#mismatch(`a number of ${nameOf(source)} is read here where the primary read text`)
    const zigzag = form === FORM.step ? this.varint() : form
    const step = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    this.#repeatSource = source
    this.#repeatStep = step
    return (this.#last[source] = (this.#last[source] as number) + step)
  }

  /** Only when `ready`; undefined: the text goes on in the next part, ask again when that is open. */
  text(source: ValueSource): string | undefined {
    const bytes = this.bytes(source)
    return bytes === undefined ? undefined : this.#decoder.decode(bytes)
  }

  /** As `text`; the bytes are the caller's own. */
  bytes(source: ValueSource): Uint8Array<ArrayBuffer> | undefined {
    for (;;) {
      if (this.#at >= this.#bytes.length) return undefined
      const form = this.#form(source)
      if (form < FORM.textFirst)
        return this.#mismatch(`text of ${nameOf(source)} is read here where the primary read a number`)
      const length = this.varint()
      if (form === FORM.textFirst || form === FORM.textOnly) this.#chunks = []
      this.#chunks.push(this.#bytes.subarray(this.#at, this.#at + length))
      this.#at += length
      if (form !== FORM.textOnly && form !== FORM.textLast) continue
      const whole = Uint8Array.from(concatenate(this.#chunks))
      this.#chunks = []
      this.count++
      return whole
    }
  }

  /** Only when `ready`: the byte that the primary wrote where it sent a message. */
  sent(describe: () => string): number {
    const tag = this.#repeats > 0 ? this.#repeatSource : this.byte()
    if (tag !== CONTROL.sent << SOURCE_BITS) this.#mismatch(`${describe()} is sent where ${recordedAt(tag)}`)
    return this.byte()
  }

  /** Reads the check; `values` and `asyncIds` are what this replica counted. */
  end(asyncIds: number): void {
    if (this.#repeats > 0)
      this.#mismatch(`${this.#repeats} recorded values of ${nameOf(this.#repeatSource)} were not read`)
    const tag = this.byte()
    if (tag !== CONTROL.end << SOURCE_BITS) this.#mismatch(`the operation ends here where ${recordedAt(tag)}`)
    const ids = this.varint()
    const values = this.varint()
    if (values !== this.count) this.#mismatch(`${this.count} values were read, the primary read ${values}`)
    if (ids !== asyncIds) this.#mismatch(`${asyncIds} async ids were taken, the primary took ${ids}`)
  }

  #takeRepeats(): boolean {
    if (this.#bytes[this.#at] !== CONTROL.repeat << SOURCE_BITS) return false
    this.#at++
    this.#repeats = this.varint()
    return true
  }

  #form(source: ValueSource): number {
    const tag = this.byte()
    if ((tag & SOURCE_MASK) !== source) this.#wrong(source, tag)
    return tag >> SOURCE_BITS
  }

  #wrong(asked: number, recorded: number): never {
    return this.#mismatch(`${nameOf(asked)} is read here where ${recordedAt(recorded)}`)
  }
}

/** What the primary did, by the tag that it wrote. */
function recordedAt(tag: number): string {
  const source = tag & SOURCE_MASK
  if (source !== 0) return `the primary read ${nameOf(source)}`
  return `the primary ${tag === CONTROL.sent << SOURCE_BITS ? 'sent a message' : 'ended the operation'}`
}

const NAMES = new Map<number, string>(Object.entries(VALUE_SOURCE).map(([name, source]) => [source, `\`${name}\``]))

/** In backticks. */
export function nameOf(source: number): string {
  return NAMES.get(source) ?? `source ${source}`
}
