// Mistakes in the core, one at a time, each of which the swarm must find within so many seeds. Whatever is found in the
// field later joins them.

/** The rules of protocol.md section 9, in the words of that section. */
const RULES = [
  {
    name: 'who is left out of a proposal is lost',
    rule: 1,
    edits: [
      [
        'replica/succession.js',
        "this.#state.role = included ? 'backup' : 'frozen';",
        "if (!included) return this.#state.stop('removed from the group'); this.#state.role = 'backup';",
      ],
    ],
  },
  {
    name: 'anybody may propose',
    rule: 2,
    edits: [
      [
        'peer/judge.js',
        'const electorate = this.fresh ? message.members : this.#established.members;',
        'const electorate = message.members;',
      ],
    ],
  },
  {
    name: 'an established view is replaced by one of its own number',
    rule: 3,
    edits: [
      ['replica/takeover.js', 'state.adopted.number) + distance)', 'state.adopted.number) + 1)'],
      ['membership/view.js', 'return !currentEstablished && candidate', 'return candidate'],
      [
        'peer/judge.js',
        '!sameView(message.established, this.#adopted)',
        'message.established.number !== this.#adopted.number',
      ],
    ],
  },
  {
    name: 'heartbeats of an old view count',
    rule: 4,
    edits: [
      [
        'replica/replica.js',
        'return exact && primary?.memberId === message.sourceMember ? this.#following.heartbeat(message)',
        'return message ? this.#following.heartbeat(message)',
      ],
    ],
  },
  {
    name: 'what is pending outlives its view',
    rule: 5,
    edits: [['messaging/receive-window.js', 'this.#pending.clear();', '']],
  },
  {
    name: 'entries are held with a gap',
    rule: 6,
    edits: [['determinizer/history.js', 'if (block.first + at !== this.held + 1)', 'if (false)']],
  },
  {
    name: 'a connected group that is slow to report is given up',
    rule: 7,
    edits: [
      ['replica/takeover.js', 'if (!connection.givenUp && !this.#reported.has(connection.peer.group))', 'if (false)'],
    ],
  },
]

const OTHERS = [
  {
    name: 'a message is let out before the order it depends on is held',
    edits: [['messaging/receive-window.js', 'orderIndex > heldIndex || ', '']],
  },
  {
    name: 'a message that waited is let out before its order',
    edits: [
      [
        'messaging/receive-window.js',
        'if (next === undefined || next.orderIndex > heldIndex)',
        'if (next === undefined)',
      ],
    ],
  },
  {
    name: 'one message too many is acknowledged',
    edits: [['peer/state.js', 'ack: this.window.receivedUpTo,', 'ack: this.window.receivedUpTo + 1,']],
  },
  {
    name: 'a backup acknowledges what it only has out of sequence',
    edits: [
      [
        'replica/inbox.js',
        'return { group: this.group, epoch: this.epoch, upTo: this.receivedUpTo };',
        'return { group: this.group, epoch: this.epoch, upTo: this.receivedUpTo + 3 };',
      ],
    ],
  },
  {
    name: 'one entry too many is reported as held',
    edits: [['replica/following.js', 'const body = { held: history.held,', 'const body = { held: history.held + 1,']],
  },
  {
    name: 'what one member holds is called stable',
    edits: [['determinizer/stability.js', 'Math.min(lowest, this.heldBy(member))', 'Math.max(0, this.heldBy(member))']],
  },
  {
    name: 'reports of an old view count for stability',
    edits: [['replica/takeover.js', 'this.#state.stability.clear();', '']],
  },
  {
    name: 'a duplicate is taken again',
    edits: [
      [
        'messaging/receive-window.js',
        'if (sequence !== this.#receivedUpTo + 1 ||',
        'if (sequence > this.#receivedUpTo + 1 ||',
      ],
    ],
  },
  {
    name: 'a gap is passed over',
    edits: [
      [
        'messaging/receive-window.js',
        'if (sequence !== this.#receivedUpTo + 1 ||',
        'if (sequence <= this.#receivedUpTo ||',
      ],
    ],
  },
  {
    name: 'the last message lost is not sent again',
    edits: [
      [
        'messaging/retransmit.js',
        'get deadline() {\n        return this.#deadline;',
        'get deadline() {\n        return undefined;',
      ],
    ],
  },
  {
    name: 'a Nack of a backup is not answered, and a stalled backup is not helped',
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
    name: 'the view of a datagram is not looked at by a connected group',
    edits: [['peer/judge.js', 'return sameView(view, this.#established.view) && this.#settled;', 'return true;']],
  },
  {
    name: 'the view of a reflection is not looked at',
    edits: [
      [
        'replica/from-peers.js',
        'const exact = this.#state.settledView && sameView(message.peerView, this.#state.adopted);',
        'const exact = true;',
      ],
    ],
  },
  {
    name: 'a backup keeps entries beyond the established history',
    edits: [['replica/succession.js', 'history.truncate(message.length);', '']],
  },
  {
    name: 'a connected group keeps entries beyond the established history',
    edits: [['peer/peer.js', 'this.#state.history.truncate(message.length);', '']],
  },
  {
    name: 'a new primary takes its own history for the longest',
    edits: [
      [
        'replica/takeover.js',
        'const target = Math.max(history.held, ...accepted, ...this.#reported.values());',
        'const target = history.held;',
      ],
    ],
  },
  {
    name: 'a new primary leads before it has executed its history',
    edits: [
      [
        'replica/takeover.js',
        'if (!this.#complete || this.#state.executed < this.#state.history.held)',
        'if (!this.#complete)',
      ],
    ],
  },
  {
    name: 'removed members count no more at once',
    edits: [['replica/leading.js', 'this.#retiring = [...this.#retiring, member];', '']],
  },
  {
    name: 'a newcomer is confirmed before it has caught up',
    edits: [
      [
        'replica/leading.js',
        'if (message.executed < Math.max(this.#announcer.joinIndex, history.held - limits.caughtUpLagMax))',
        'if (false)',
      ],
    ],
  },
  {
    name: 'a higher view number does not win',
    edits: [
      ['membership/view.js', 'return candidate.number > current.number;', 'return candidate.number < current.number;'],
    ],
  },
  {
    name: 'a group that came meanwhile is not asked by a new primary',
    edits: [['replica/replica.js', 'this.#succession.takeover?.connected(input.peer.group)', 'undefined']],
  },
  {
    name: "the receiver's window is not kept",
    edits: [['peer/outgoing.js', 'if (receivers.bytesLimit <= sent.bytesThrough(sent.transmitted))', 'if (false)']],
  },
  {
    name: 'a window that was shut is not said to be open',
    edits: [
      ['replica/from-peers.js', 'if (connection.givenUp || !connection.widened)', 'if (true)'],
      [
        'replica/from-peers.js',
        '            this.#following.reportTo(connection);\n    }\n    #missing',
        '            this.#following.reportTo(connection);\n    }\n    #missing',
      ],
    ],
  },
  {
    name: 'a message is cut differently at each member',
    edits: [['messaging/fragments.js', 'from += bytesMax - 1)', 'from += bytesMax)']],
  },
  {
    name: 'messages that are not acknowledged are forgotten',
    edits: [
      ['messaging/sent-list.js', 'to - this.#log.first >= TRIM_COUNT', 'this.last > this.#log.first + 8'],
      [
        'messaging/sent-list.js',
        'this.#log.dropThrough(to);\n        return true;',
        'this.#log.dropThrough(this.last - 2);\n        return true;',
      ],
    ],
  },
  {
    name: 'under acknowledged nobody waits for the backups',
    edits: [['peer/incoming.js', "terms.commit === 'acknowledged' ? Math.min(", 'false ? Math.min(']],
  },
]

/** Seeds that may be needed: several times as many as were, since every change of the plan draws other runs. */
const SEEDS = 300

export const PLANTED_BUGS = [...RULES, ...OTHERS].map((bug) => ({ seeds: SEEDS, ...bug }))
