// What could differ between two replicas of one program, and what is done about it. test/docs/determinism.test.ts runs
// every `probe` in a primary and in a backup, and checks what the column `how` says of it.
//
// how    ordered   it begins or ends an operation, whose place in the history is the same at every replica
//        recorded  the primary writes the value into the history, a backup reads it there
//        same      equal at every replica by construction, without a byte of history
//        refused   throws `error`, with the line of the program and what to do instead
// names  the modules (`node:`) and globals of Node that the row treats
// code   where it is done; `hook` is what a test leaves out there to prove that the difference is noticed
// bytes  at most so many of history for what the probe does

import { EVENTS } from './events.js'
import { FACTS } from './facts.js'
import { OUTSIDE } from './outside.js'
import { REFUSED } from './refused.js'

export const SECTIONS = [
  { title: 'Time, chance and facts', rows: FACTS },
  { title: 'The order of events', rows: EVENTS },
  { title: 'The world outside', rows: OUTSIDE },
  { title: 'Refused', rows: REFUSED },
]
