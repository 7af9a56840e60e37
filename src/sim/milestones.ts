/** The rare paths that a set of runs must have been through, else it has proved little. */
export const MILESTONES = [
  'a takeover',
  'a takeover inside a takeover',
  'a proposer dies when it has proposed',
  'a proposer dies when it has recovered',
  'a primary dies when it is established',
  'a primary dies in the middle of sending',
  'primary and first backup die together',
  'a proposer lags behind a member',
  'a proposer lags behind a connected group',
  'a member supplies a recovering replica',
  'two proposals of one number',
  'a proposal is refused',
  'a proposal leaves out a live member',
  'a silent member is left out of a view',
  'a primary dies while a newcomer catches up',
  'a newcomer asks during a takeover',
  'a member that is said to have failed stops',
  'a dead primary is heard under a newer view',
  'order travels by heartbeat',
  'a gateway asks for order',
  'a gateway asks for messages',
  'a backup asks for order',
  'a backup asks for messages',
  'a gateway dies',
  'a takeover under a second gateway',
  'one member goes on alone',
  'a receive buffer overflows',
  'a forgotten process is replaced',
  'a client resets its stream',
  'a client ends its stream',
] as const

export type Milestone = (typeof MILESTONES)[number]

/** How often each was reached. */
export type Reached = Readonly<Partial<Record<Milestone, number>>>
