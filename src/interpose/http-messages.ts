/** `HTTPParser` of Node's library. */
export interface Parser {
  readonly socket?: object | null
  /** Of the last message whose head was read to its end. */
  readonly incoming?: object | null
}

/** `ConnectionsList`: the parsers of one server. */
export interface ParserList {
  /** Those that are in a message, or before the first one. */
  active(): readonly Parser[]
}

/** A message that a server's parser is at, or its connection before the first one. */
interface Begun {
  readonly list: ParserList
  /** By the time of operations; infinite once it has been found too late. */
  atMs: number
  /** What the parser had then. */
  before: Parser['incoming']
}

/** What the parsers of the program's servers are at. */
export class HttpMessages {
  readonly #begun = new WeakMap<Parser, Begun>()

  /** A parser has a connection. */
  connect(parser: Parser, list: ParserList, atMs: number): void {
    this.#begun.set(parser, { list, atMs, before: parser.incoming })
  }

  /** It has none of a server. */
  forget(parser: Parser): void {
    this.#begun.delete(parser)
  }

  /** The first byte of a message has come. */
  begin(parser: Parser, nowMs: number): void {
    const begun = this.#begun.get(parser)
    if (begun === undefined) return
    begun.atMs = nowMs
    begun.before = parser.incoming
  }

  /** What it is at has taken too long, and is not looked at again. */
  expire(parser: Parser): void {
    const begun = this.#begun.get(parser)
    if (begun === undefined) return
    begun.atMs = Infinity
    begun.before = undefined
  }

  /** How long that has taken. */
  tookMs(parser: Parser, nowMs: number): number {
    return nowMs - (this.#begun.get(parser)?.atMs ?? nowMs)
  }

  /** The head of it has been read. */
  hasHead(parser: Parser): boolean {
    return parser.incoming !== this.#begun.get(parser)?.before && (parser.incoming ?? null) !== null
  }

  /** One of these, all of which have got bytes, is in the middle of a message. */
  anyReads(parsers: readonly Parser[]): boolean {
    const lists = new Set(parsers.flatMap((parser) => this.#begun.get(parser)?.list ?? []))
    const active = new Set([...lists].flatMap((list) => list.active()))
    return parsers.some((parser) => active.has(parser))
  }
}
