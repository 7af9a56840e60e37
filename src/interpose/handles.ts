/** Node's name for the kind of a handle, as `async_hooks` shows it. */
export type HandleType = 'TCPWRAP' | 'TCPSERVERWRAP' | 'PIPEWRAP' | 'PROCESSWRAP' | 'SIGNALWRAP' | 'UDPWRAP'

/** And as `process.getActiveResourcesInfo` does. */
const RESOURCE_NAMES: Readonly<Record<HandleType, string>> = {
  TCPWRAP: 'TCPSocketWrap',
  TCPSERVERWRAP: 'TCPServerWrap',
  PIPEWRAP: 'PipeWrap',
  PROCESSWRAP: 'ProcessWrap',
  SIGNALWRAP: 'SignalWrap',
  UDPWRAP: 'UDPWrap',
}

/** A handle that exists in JavaScript only. */
export interface Listed {
  readonly type: HandleType
  /** It keeps the program alive. */
  readonly counted: boolean
  /** What the program knows it by. */
  readonly owner: unknown
}

/** The program's open handles, in the order in which they were made; bounded by what it opens. */
export class Handles {
  readonly #open = new Set<Listed>()

  add(handle: Listed): void {
    this.#open.add(handle)
  }

  remove(handle: Listed): void {
    this.#open.delete(handle)
  }

  get all(): readonly Listed[] {
    return [...this.#open]
  }

  /** Those that keep the program alive. */
  get owners(): readonly unknown[] {
    return this.#counted.map(({ owner }) => owner)
  }

  get resourceNames(): readonly string[] {
    return this.#counted.map(({ type }) => RESOURCE_NAMES[type])
  }

  get #counted(): readonly Listed[] {
    return this.all.filter(({ counted }) => counted)
  }
}
