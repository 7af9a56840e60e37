import type { FromChild } from '../../driver/index.js'
import type { Binding } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import type { Answered } from '../host/host.js'
import { refusal } from '../refusal.js'
import { VirtualHandle } from '../virtual-handle.js'
import { ChildLink } from './child-link.js'
import { ChildPipe } from './child-pipe.js'
import type { Children } from './children.js'
import { childStart, spawnOptionsOf } from './spawn-options.js'

/** A child process as `child_process` sees it: `Process` of the binding. The real one is the console's. */
export class ChildProcessHandle extends VirtualHandle {
  pid: number | undefined = undefined
  onexit: ((code: number, signal: string) => void) | undefined = undefined
  readonly #children: Children
  #link: ChildLink | undefined
  /** By descriptor of the child. */
  #pipes: readonly (ChildPipe | undefined)[] = []

  constructor(terms: EdgeTerms, children: Children) {
    super(terms, 'PROCESSWRAP')
    this.#children = children
  }

  /** 0, or a negative errno. */
  spawn(...given: readonly unknown[]): number {
    if (isOfCluster()) throw refusal('LLFT_E_REFUSED_CLUSTER', 'cluster.fork()')
    const { host, internals } = this.terms
    const { kProcessFlagDetached } = (internals.binding('process_wrap')['constants'] ?? {}) as Binding
    const options = spawnOptionsOf(given, kProcessFlagDetached)
    const start = childStart(options, this.#children.descriptors)
    const { answer, stream } = host.open({ call: 'spawn', args: [start] }, (record) => this.#take(record), {
      lost: () => this.#lose(),
    })
    const pipes = options.stdio.map(({ handle }) => (handle instanceof ChildPipe ? handle : undefined))
    if (answer.errno !== undefined) {
      for (const pipe of pipes) pipe?.receiveEnd()
      return answer.errno
    }
    const link = new ChildLink(host, stream)
    this.#link = link
    this.pid = answer.value as number
    this.#children.started(this.pid, link)
    for (const [fd, pipe] of pipes.entries()) pipe?.attach(link, fd)
    this.#pipes = pipes
    this.hold.activate(true)
    return 0
  }

  /** 0, or a negative errno. */
  kill(signal: number): number {
    return this.#link?.kill(signal) ?? this.terms.internals.errno.UV_ESRCH
  }

  #take({ value, body }: Answered): void {
    const message = value as FromChild
    if (message.from === 'exit') return this.#exited(message.code, message.signal)
    const pipe = this.#pipes[message.fd]
    if (message.from === 'broken') pipe?.break(message.errno)
    else if (message.from === 'data') pipe?.receive(body)
    else pipe?.receiveEnd()
  }

  /** Its host is lost: for the program it was killed. */
  #lose(): void {
    for (const pipe of this.#pipes) {
      pipe?.break(this.terms.internals.errno.UV_EPIPE)
      pipe?.receiveEnd()
    }
    this.#exited(0, 'SIGKILL')
  }

  #exited(code: number, signal: string): void {
    this.hold.activate(false)
    this.#children.ended(this.pid as number)
    this.#link = undefined
    this.enter(() => this.onexit?.(code, signal))
  }
}

/** `cluster.fork()` comes down to a child process, too, and shares its sockets with it. */
function isOfCluster(): boolean {
  return new Error('probe').stack?.includes('node:internal/cluster') === true
}
