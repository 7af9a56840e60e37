import { subscribe } from 'node:diagnostics_channel'
import type { Site, TraceLine } from '../../driver/index.js'
import type { Frame, GroupId } from '../../message/index.js'
import { programSite } from '../call-site.js'
import { frameName } from '../frame-text.js'
import { REFUSED_CHANNEL, type Refused } from '../refusal.js'
import { mappedSite } from './mapped-place.js'

/** What fits the memory of whoever compares two of them. */
const TRACE_BYTES_MAX = 64 << 20
/** A difference within this can be shown; one beyond it is seen by the checksum. */
const HEAD_BYTES = 2048

export interface TraceTerms {
  readonly crc32: (bytes: Uint8Array, seed: number) => number
  readonly write: (text: string) => void
  /** Around what the program sees of files, and without its async ids. */
  readonly outside: <Result>(work: () => Result) => Result
}

/** Writes down what this replica does, for a comparison with what another did (`driver/check.ts`). */
export class Trace {
  readonly #terms: TraceTerms
  /** Lines of the running operation; bounded by `TRACE_BYTES_MAX`. */
  #lines: string[] = []
  #bytes = 0
  #last: Site = {}

  constructor(terms: TraceTerms) {
    this.#terms = terms
    subscribe(REFUSED_CHANNEL, (refused) => this.#refused(refused as Refused))
  }

  read(source: string): void {
    if (!this.#full) this.#add({ did: 'read', source, site: this.#site() })
  }

  sent(to: GroupId, frame: Frame): void {
    if (this.#full) return
    const { bytes, ...others } = 'bytes' in frame ? frame : { ...frame, bytes: new Uint8Array() }
    this.#add({
      did: 'send',
      what: frameName(to, frame),
      fields: JSON.stringify(others),
      head: latin1(bytes.subarray(0, HEAD_BYTES)),
      length: bytes.length,
      sum: this.#terms.crc32(bytes, 0),
      site: this.#site(),
    })
  }

  /** Shown by the line that is running, if one is: what a thread says has none. */
  witnessed(what: string, sum: number): void {
    if (!this.#full) this.#add({ did: 'send', what, fields: '', head: '', length: 0, sum, site: this.#site() })
  }

  /** The operation is over; all of it can be read from now on. */
  operated(): void {
    this.#last = {}
    if (!this.#full) this.#add({ did: 'operate' })
    this.#flush()
  }

  /** The last that it writes, even where it is full. */
  diverged(what: string): void {
    this.#add({ did: 'diverge', what, site: this.#site() })
    this.#flush()
  }

  #refused({ code, call }: Refused): void {
    if (this.#full) return
    this.#add({ did: 'refuse', code, call, site: this.#site() })
    this.#flush()
  }

  /** A message may leave after the program's code has returned, as those of `http` do. */
  #site(): Site {
    const site = programSite()
    if (site.at === undefined) return this.#last.at === undefined ? {} : { at: this.#last.at, near: true }
    this.#last = this.#terms.outside(() => mappedSite(site))
    return this.#last
  }

  get #full(): boolean {
    return this.#bytes >= TRACE_BYTES_MAX
  }

  #add(line: TraceLine): void {
    const wasFull = this.#full
    const text = `${JSON.stringify(line)}\n`
    this.#bytes += text.length
    this.#lines.push(text)
    if (this.#full && !wasFull) this.#add({ did: 'overflow' })
  }

  #flush(): void {
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#terms.outside(() => this.#terms.write(text))
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
