/**
 * joining: has asked to be added · backup: follows · frozen: left out of a proposed view, keeps its state until that is
 * established · recovering: has proposed itself · primary: decides · outbidding: decides, and has proposed itself again
 * because a connected group or a member waits for somebody who is gone (ADR 57) · stopped: must end.
 */
export type Role = 'joining' | 'backup' | 'frozen' | 'recovering' | 'primary' | 'outbidding' | 'stopped'

interface Move {
  readonly from: Role
  readonly to: Role
  /** What makes a replica move. */
  readonly on: string
}

/**
 * Every change of role there is (protocol.md section 6). Who leads ends that only by stopping, and a stopped replica
 * comes back as a new member only: what either did since, nobody has accepted.
 */
export const MOVES: readonly Move[] = [
  { from: 'joining', to: 'primary', on: 'named as the founder' },
  { from: 'joining', to: 'backup', on: 'named among the founders, or AcceptBackup' },
  {
    from: 'backup',
    to: 'recovering',
    on: 'HandOver to it, or FaultNotice for the primary, and no backup of lower rank is left',
  },
  { from: 'backup', to: 'frozen', on: 'ProposePrimary of another that leaves it out' },
  { from: 'frozen', to: 'backup', on: 'a newer ProposePrimary, or Establish or AcceptBackup, that names it' },
  { from: 'frozen', to: 'recovering', on: 'FaultNotice for who left it out, and no backup of lower rank is left' },
  { from: 'recovering', to: 'primary', on: 'the merged history is executed to its end' },
  { from: 'recovering', to: 'backup', on: 'a ProposePrimary that replaces its own, or Refuse with a newer view' },
  { from: 'recovering', to: 'frozen', on: 'a ProposePrimary that replaces its own and leaves it out' },
  { from: 'joining', to: 'stopped', on: 'Refuse: the history was cut' },
  { from: 'backup', to: 'stopped', on: 'removed, left out of what is established, or orphaned' },
  { from: 'frozen', to: 'stopped', on: 'left out of what is established, or orphaned' },
  { from: 'recovering', to: 'stopped', on: 'left out of what is established, or the history cannot be executed' },
  { from: 'primary', to: 'outbidding', on: 'Refuse for a newer view, whose proposer is gone' },
  { from: 'outbidding', to: 'primary', on: 'every connected group has reported' },
  { from: 'primary', to: 'stopped', on: 'superseded by a newer view, or it has handed over' },
  { from: 'outbidding', to: 'stopped', on: 'superseded by a newer view' },
]

export function legalMove(from: Role, to: Role): boolean {
  return MOVES.some((move) => move.from === from && move.to === to)
}
