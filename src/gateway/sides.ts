import type { Epoch } from '../message/index.js'
import type { GatewayCommand, GatewayReport, GatewayStart } from './control.js'
import { Leaving } from './leaving.js'
import { SETTLE_MS } from './limits.js'
import type { SnapshotFrame } from './observer.js'
import { Side } from './side.js'
import type { DatagramCounts, OpenPort, SideTerms } from './side.js'
import { makeCounters } from './statistics.js'
import { Switch } from './switch.js'

/** The generations that a gateway process serves: the one that has the clients, and its successor if there is one. */
export class Sides {
  readonly #report: (value: GatewayReport) => void
  readonly #terms: SideTerms
  #present: Side | undefined
  #successor: Side | undefined
  #switch: Switch | undefined
  /** A switch waits for the successor to listen, while clients are still served. */
  #settling: NodeJS.Timeout | undefined
  /** Of the sides that are no more. */
  #past: DatagramCounts = { datagramsIn: 0, datagramsOut: 0, datagramsRejected: 0 }

  constructor(report: (value: GatewayReport) => void, openPort: OpenPort) {
    this.#report = report
    const counters = makeCounters()
    this.#terms = {
      openPort,
      counters,
      leaving: new Leaving(counters),
      report: ({ epoch }, value) => report({ ...value, epoch }),
      snapshot: (side, frame) => this.#fromProgram(side, frame),
      lent: () => this.#lent(),
    }
  }

  obey(command: Exclude<GatewayCommand, { type: 'stop' }>): void {
    switch (command.type) {
      case 'start':
        return this.#start(command)
      case 'stats':
        return this.#report({ type: 'stats', ...this.#terms.counters, ...this.#datagrams })
      case 'granted':
        return this.#of(command.epoch)?.gateway.granted(command.nonce)
      case 'meet':
        return this.#of(command.epoch)?.gateway.meet(command.locator)
      case 'switch':
        return this.#begin()
      case 'move':
        return this.#move()
      case 'drop':
        return command.epoch === this.#successor?.epoch ? this.#drop() : undefined
    }
  }

  /** Resolves when everything is closed. */
  async stop(): Promise<void> {
    clearTimeout(this.#settling)
    this.#switch?.abandon()
    await Promise.all([this.#present?.stop(), this.#successor?.stop(), this.#terms.leaving.emptied()])
  }

  #start(start: GatewayStart): void {
    if (this.#of(start.application.epoch) !== undefined) return
    if (this.#present === undefined) {
      this.#present = new Side(start, this.#terms)
      return
    }
    this.#drop()
    this.#successor = new Side(start, this.#terms)
    this.#successor.gateway.follow(this.#present.gateway)
  }

  #begin(): void {
    if (this.#switch !== undefined || this.#settling !== undefined) return
    const [present, successor] = [this.#present, this.#successor]
    if (present === undefined || successor === undefined) return this.#kept('there is no new program')
    if (present.saves) return this.#kept('the program has not answered when it was asked before')
    if (successor.spent) return this.#kept('the new program has been told to restore before')
    if (successor.gateway.missingListener === undefined) return this.#take(present, successor)
    this.#settling = setTimeout(() => {
      this.#settling = undefined
      this.#take(present, successor)
    }, SETTLE_MS)
  }

  /** What the successor listens on, or its predecessor, is other than before. */
  #lent(): void {
    this.#switch?.lent()
    if (this.#settling === undefined || this.#successor?.gateway.missingListener !== undefined) return
    clearTimeout(this.#settling)
    this.#settling = undefined
    this.#begin()
  }

  #take(present: Side, successor: Side): void {
    this.#switch = new Switch({
      present,
      successor,
      restored: (bytes) => this.#report({ type: 'restored', bytes }),
      kept: (reason, again) => {
        this.#switch = undefined
        this.#kept(reason, again)
      },
    })
  }

  #kept(reason: string, again = false): void {
    this.#report({ type: 'kept', reason, again })
  }

  #move(): void {
    const [present, successor] = [this.#present, this.#successor]
    if (present === undefined || successor === undefined || this.#switch?.restored !== true) return
    const { pausedMs } = this.#switch
    const streams = this.#switch.move()
    this.#switch = undefined
    this.#present = successor
    this.#successor = undefined
    this.#end(present)
    this.#report({ type: 'moved', streams, pausedMs })
  }

  #drop(): void {
    if (this.#settling !== undefined) this.#kept('the new program is not to go on')
    clearTimeout(this.#settling)
    this.#settling = undefined
    this.#switch?.giveUp('the new program is not to go on')
    this.#switch = undefined
    const successor = this.#successor
    this.#successor = undefined
    if (successor !== undefined) this.#end(successor)
  }

  #end(side: Side): void {
    this.#past = sum(this.#past, side.datagrams)
    side.close()
  }

  #fromProgram(side: Side, frame: SnapshotFrame): void {
    if (frame.frame === 'snapshotted') {
      const { outcome } = frame
      if (outcome === 'offered') return this.#report({ type: 'offers', epoch: side.epoch })
      if (outcome === 'saved' || outcome === 'declined') side.saves = false
      // It stands still, and nobody waits for it any more.
      if (outcome === 'saved' && this.#switch === undefined) return side.gateway.ask('thaw')
    }
    if (side === this.#present) this.#switch?.fromPresent(frame)
    else if (side === this.#successor) this.#switch?.fromSuccessor(frame)
  }

  #of(epoch: Epoch): Side | undefined {
    return [this.#present, this.#successor].find((side) => side?.epoch === epoch)
  }

  get #datagrams(): DatagramCounts {
    return [this.#present, this.#successor].reduce((all, side) => sum(all, side?.datagrams), this.#past)
  }
}

function sum(one: DatagramCounts, other: DatagramCounts | undefined): DatagramCounts {
  if (other === undefined) return one
  return {
    datagramsIn: one.datagramsIn + other.datagramsIn,
    datagramsOut: one.datagramsOut + other.datagramsOut,
    datagramsRejected: one.datagramsRejected + other.datagramsRejected,
  }
}
