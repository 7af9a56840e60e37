import type { Replica } from '../core/index.js'
import type { Member, PeerPort } from '../driver/index.js'
import type { Locator, MemberId, PeerInfo } from '../message/index.js'
import type { SimulatedClock } from './clock.js'
import type { Pace } from './pace.js'
import type { ToyProgram } from './toy-program.js'

/** The gateway or console that runs now, or that was the last to run. */
export interface Front {
  readonly info: PeerInfo
  readonly clock: SimulatedClock
  readonly pace: Pace
  readonly port: PeerPort
  down: boolean
}

/** A replica that runs. */
export interface Process {
  readonly memberId: MemberId
  readonly locator: Locator
  readonly clock: SimulatedClock
  readonly pace: Pace
  readonly replica: Replica
  readonly member: Member
  readonly program: ToyProgram
}

/** The replicas that run, in the order in which they were started. */
export class Processes {
  all: readonly Process[] = []

  add(process: Process): void {
    this.all = [...this.all, process]
  }

  remove(process: Process): void {
    this.all = this.all.filter((each) => each !== process)
  }

  of(memberId: MemberId): Process | undefined {
    return this.all.find((process) => process.memberId === memberId)
  }

  at(locator: Locator | undefined): Process | undefined {
    return this.all.find((process) => process.locator === locator)
  }

  get locators(): readonly Locator[] {
    return this.all.map((process) => process.locator)
  }
}
