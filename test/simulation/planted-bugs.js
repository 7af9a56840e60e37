// Mistakes in the core, one at a time, each of which the swarm must find. What is found in the field later joins them.
// `lease`: shown by the runs with leases and partitions, granted by a store or by a majority.
// `edits`: `[file below core, compiled text, text instead]`. `rule`: which of protocol.md section 9 it takes out; the
// explorer (test/explorer/mutants.js) finds all seven.

const WINDOW = 'messaging/receive-window.js'
const TAKEOVER = 'replica/takeover.js'
const JUDGE = 'peer/judge.js'

const RULES = [
  {
    name: 'heartbeats of an old view count',
    rule: 4,
    edits: [
      [
        'replica/replica.js',
        'return exact && primary?.memberId === message.sourceMember ? this.#following.heartbeat(message)',
        'return message ? this.#following.heartbeat(message)',
      ],
      ['replica/following.js', 'if (!this.#state.settledView)', 'if (false)'],
    ],
  },
  {
    name: 'what is pending outlives its view',
    rule: 5,
    edits: [[WINDOW, 'this.#pending.clear();', '']],
  },
  {
    name: 'entries are held with a gap',
    rule: 6,
    edits: [['determinizer/history.js', 'if (block.first + at !== this.held + 1)', 'if (false)']],
  },
  {
    name: 'a connected group that is slow to report is given up',
    rule: 7,
    edits: [[TAKEOVER, 'if (!connection.givenUp && !this.#reported.has(connection.peer.group))', 'if (false)']],
  },
]

const MESSAGING = [
  {
    name: 'a message is let out before the order it depends on is held',
    edits: [[WINDOW, 'orderIndex > heldIndex || ', '']],
  },
  {
    name: 'a message that waited is let out before its order',
    edits: [[WINDOW, 'if (next === undefined || next.orderIndex > heldIndex)', 'if (next === undefined)']],
  },
  {
    name: 'one message too many is acknowledged',
    edits: [['peer/state.js', 'ack: this.window.receivedUpTo,', 'ack: this.window.receivedUpTo + 1,']],
  },
  {
    name: 'messages are reported that are not there',
    edits: [['replica/inbox.js', 'upTo: this.receivedUpTo }', 'upTo: this.receivedUpTo + 3 }']],
  },
  {
    name: 'a duplicate is taken again',
    edits: [[WINDOW, 'if (sequence !== this.#receivedUpTo + 1 ||', 'if (sequence > this.#receivedUpTo + 1 ||']],
  },
  {
    name: 'a gap is passed over',
    edits: [[WINDOW, 'if (sequence !== this.#receivedUpTo + 1 ||', 'if (sequence <= this.#receivedUpTo ||']],
  },
  {
    name: 'nothing is sent again in time',
    edits: [
      [
        'messaging/retransmit.js',
        'deadline() {\n        return earliest(',
        'deadline() {\n        return undefined && earliest(',
      ],
    ],
  },
  {
    name: 'a member that lacks messages is not helped',
    edits: [
      ['peer/supply.js', 'left -= this.#again(to, range, left);', 'left--;'],
      [
        'peer/outgoing.js',
        'if (payloads.length > 0)\n                this.#state.send([locator]',
        'if (false)\n                this.#state.send([locator]',
      ],
    ],
  },
  {
    name: 'a message is cut where another begins',
    edits: [['messaging/fragments.js', 'from += bytesMax - 1)', 'from += bytesMax)']],
  },
  {
    name: 'what is not acknowledged is forgotten',
    edits: [
      [
        'messaging/sent-list.js',
        'if (this.#terms.single && to - this.#log.first >= TRIM_COUNT)\n            this.#log.dropThrough(to);',
        'if (this.#terms.single && this.#transmitted > to)\n            this.#log.dropThrough(to + 1);',
      ],
    ],
  },
  {
    name: 'the window of the receiver is not kept, neither here nor there',
    edits: [
      ['peer/outgoing.js', 'if (receivers.bytesLimit <= sent.bytesThrough(sent.transmitted))', 'if (false)'],
      ['replica/inbox.js', 'return this.#untakenBytes >= this.#receiveBytesMax;', 'return false;'],
    ],
  },
  {
    name: 'backups do not say how far they are when they are asked',
    edits: [
      [
        'replica/from-peers.js',
        '\n        else if (!this.#state.leads)\n            this.#following.reportTo(connection);\n    }\n    /**',
        '\n    }\n    /**',
      ],
    ],
  },
  {
    name: 'under acknowledged nobody waits for the backups',
    edits: [['peer/incoming.js', "terms.commit === 'acknowledged' ? Math.min(", 'false ? Math.min(']],
  },
]

const ORDER = [
  {
    name: 'one entry too many is reported as held',
    edits: [['replica/following.js', 'const body = { held: history.held,', 'const body = { held: history.held + 1,']],
  },
  {
    name: 'what one member holds is called stable',
    edits: [['determinizer/stability.js', 'Math.min(lowest, this.heldBy(member))', 'Math.max(0, this.heldBy(member))']],
  },
  {
    name: 'the view of a datagram is not looked at by a connected group',
    edits: [[JUDGE, 'return sameView(view, this.#established.view) && this.settled;', 'return true;']],
  },
  {
    name: 'a resent message depends on nothing',
    edits: [['messaging/order-indexes.js', 'return this.#indexes[sequence - this.#from] ?? 0;', 'return 0;']],
  },
]

const MEMBERSHIP = [
  {
    name: 'a new primary takes its own history for the longest',
    edits: [[TAKEOVER, 'const target = this.#target;', 'const target = history.held;']],
  },
  {
    name: 'a new primary leads before it has executed its history',
    edits: [[TAKEOVER, '!this.#complete || this.#state.executed < this.#state.history.held', '!this.#complete']],
  },
  {
    name: 'a newcomer is confirmed before it has caught up',
    edits: [['replica/leading.js', 'message.executed < least', 'false']],
  },
  {
    name: 'a lower view number wins',
    edits: [
      ['membership/view.js', 'return candidate.number > current.number;', 'return candidate.number < current.number;'],
    ],
  },
  {
    name: 'a newcomer keeps what it got of a history that was cut',
    edits: [['replica/succession.js', 'history.truncate(membership.length);', '']],
  },
  {
    name: 'precedences are counted by entries alone',
    edits: [
      [
        'replica/state.js',
        'for (const member of membership.members)\n            this.precedenceMax',
        'for (const member of [])\n            this.precedenceMax',
      ],
    ],
  },
]

/** What keeps a gateway that is cut off from letting something out beside the next one. */
const LEASES = [
  {
    name: 'a lease is used and granted without a margin for clocks',
    lease: 'store',
    edits: [
      ['lease/holder.js', '+ this.#terms.ttl - this.#terms.driftBound', '+ this.#terms.ttl'],
      ['lease/grantor.js', '+ this.#terms.ttl + this.#terms.driftBound', '+ this.#terms.ttl'],
    ],
  },
  {
    name: 'something is let out after the end of the lease',
    lease: 'store',
    edits: [['peer/incoming.js', 'lease !== undefined && !lease.holds(now)', 'false']],
  },
  {
    name: 'a view is established before the lease of the other side has run out',
    lease: 'store',
    edits: [['lease/grantor.js', 'if (another && now < this.#until)', 'if (false)']],
  },
  {
    name: 'who has lost a lease gets it back',
    lease: 'store',
    edits: [['lease/grantor.js', 'if (holder < this.#holder)', 'if (false)']],
  },
]

/** What keeps two majorities of one lease from being had at once, and an old one from coming back. */
const MAJORITIES = [
  {
    name: 'a voter that was started again grants at once',
    lease: 'majority',
    edits: [['lease/voter.js', 'if (now < this.#startedAt + lasts)', 'if (false)']],
  },
  {
    name: 'half of the voters are a majority',
    lease: 'majority',
    edits: [['lease/majority.js', 'Math.floor(voters / 2) + 1', 'Math.ceil(voters / 2)']],
  },
  {
    name: 'a voter grants before what it granted to another has run out',
    lease: 'majority',
    edits: [['lease/voter.js', 'if (now < this.#until)', 'if (false)']],
  },
  {
    name: 'who has lost a majority gets it back',
    lease: 'majority',
    edits: [['lease/voter.js', "if (wish === 'keep' && seen !== this.#state)", 'if (false)']],
  },
  {
    name: 'answers to different questions make a majority together',
    lease: 'majority',
    edits: [
      ['lease/candidate.js', 'if (nonce !== this.#nonce)', 'if (false)'],
      ['lease/candidate.js', 'this.#votes.fill(undefined);\n        const wish', 'const wish'],
    ],
  },
]

export const PLANTED_BUGS = [...RULES, ...MESSAGING, ...ORDER, ...MEMBERSHIP, ...LEASES, ...MAJORITIES]
