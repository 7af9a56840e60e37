import { GROUP } from '../message/index.js'
import type { EdgeTerms } from './edge-terms.js'
import type { Binding, NativeClass, NativeFunction } from './edge-internals.js'
import { refusal } from './refusal.js'
import { replaceFunction } from './replace.js'
import { VirtualHandle } from './virtual-handle.js'

/** Signals whose default action is not the end of the process, or which Node ignores. */
const HARMLESS = ['SIGCHLD', 'SIGCONT', 'SIGPIPE', 'SIGURG', 'SIGUSR1', 'SIGWINCH'] as const

/**
 * Signals reach the program once, in order, from the console (determinizer.md B6). Node's own `process.on(signal)`
 * runs on the replaced handle class; without a handler the signal's default action ends the group.
 */
export function installSignals(terms: EdgeTerms): void {
  const { internals, operations } = terms
  const signals = new Signals(terms)
  const binding = internals.binding('signal_wrap')
  const real = binding['Signal'] as NativeClass
  const Signal = function (): object {
    return operations.inside ? new SignalHandle(terms, signals) : new real()
  }
  Signal.prototype = real.prototype as object
  binding['Signal'] = Signal
  operations.onFrame(GROUP.console, (frame) => {
    if (frame.frame === 'signal') signals.deliver(frame.signal)
  })

  const kill = Reflect.get(process, '_kill') as NativeFunction
  replaceFunction(process as unknown as Binding, '_kill', (pid: unknown, signal: number): unknown => {
    if (!operations.inside) return kill(pid, signal)
    // Loosely, as Node's own check of the argument is: a text of digits is a process id too. 0 is the program's group.
    if (Math.abs(Number(pid)) !== process.pid && Number(pid) !== 0) {
      return terms.host.now({ call: 'kill', args: [Number(pid), signal] }).errno ?? 0
    }
    signals.raise(signal)
    return 0
  })
}

class Signals {
  readonly #terms: EdgeTerms
  readonly #harmless: ReadonlySet<number>
  /** Bounded by the number of signals. */
  readonly #handlers = new Map<number, SignalHandle>()

  constructor(terms: EdgeTerms) {
    this.#terms = terms
    this.#harmless = new Set(HARMLESS.map((name) => terms.internals.signals[name] ?? 0))
  }

  start(signal: number, handler: SignalHandle): void {
    this.#handlers.set(signal, handler)
  }

  stop(signal: number, handler: SignalHandle): void {
    if (this.#handlers.get(signal) === handler) this.#handlers.delete(signal)
  }

  deliver(signal: number): void {
    const handler = this.#handlers.get(signal)
    if (handler !== undefined) handler.enter(() => handler.onsignal?.(signal))
    else if (!this.#harmless.has(signal)) this.#terms.operations.end(0, signal)
  }

  /**
   * The program signals itself: a handler runs later, as from the event loop; a default action takes effect at once.
   */
  raise(signal: number): void {
    if (signal === 0) return
    if (signal === this.#terms.internals.signals['SIGSTOP']) throw refusal('LLFT_E_REFUSED_SIGNAL', 'SIGSTOP')
    if (this.#handlers.has(signal)) this.#terms.internals.later.setImmediate(() => this.deliver(signal))
    else this.deliver(signal)
  }
}

/** A handler as `process.on(signal)` makes it. It does not keep the program alive, because Node unrefs it. */
class SignalHandle extends VirtualHandle {
  onsignal: ((signal: number) => void) | undefined = undefined
  readonly #signals: Signals
  #signal = 0

  constructor(terms: EdgeTerms, signals: Signals) {
    super(terms, 'SIGNALWRAP')
    this.#signals = signals
  }

  start(signal: number): number {
    this.#signal = signal
    this.#signals.start(signal, this)
    this.hold.activate(true)
    return 0
  }

  stop(): number {
    this.#signals.stop(this.#signal, this)
    this.hold.activate(false)
    return 0
  }

  protected override released(): void {
    this.#signals.stop(this.#signal, this)
  }
}
