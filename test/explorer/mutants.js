// The rules that protocol.md section 9 names, each taken out of the compiled core wherever it is kept, with the scope
// that shows why it is there. `rule`: its number in that section.
const TIMELY = { prompt: true, heals: false, replicas: 2, messages: 1, crashes: 1 }

export const MUTANTS = [
  {
    name: 'left-out-of-a-proposal-stops',
    rule: 1,
    edits: [
      [
        'replica/takeover.js',
        'const unanswered = this.#silent().map((member) => member.locator);',
        'const unanswered = this.#state.others.map((member) => member.locator);',
      ],
      [
        'replica/succession.js',
        "this.#state.role = included ? 'backup' : 'frozen';",
        "if (!included) return this.#state.stop('left out'); this.#state.role = 'backup';",
      ],
    ],
    scope: { ...TIMELY, replicas: 3, messages: 0, crashes: 2, removals: 1 },
  },
  {
    name: 'removed-members-count-no-more-at-once',
    rule: 2,
    edits: [['replica/leading.js', 'this.#retiring = [...this.#retiring, member];', '']],
    scope: { ...TIMELY, removals: 1, heals: true },
  },
  {
    name: 'anybody-may-propose',
    rule: 2,
    edits: [
      [
        'peer/judge.js',
        'const electorate = this.fresh ? message.members : this.#established.members;',
        'const electorate = message.members;',
      ],
    ],
    scope: { ...TIMELY, messages: 0, removals: 1 },
  },
  {
    name: 'a-view-is-its-number',
    rule: 3,
    edits: [
      ['replica/takeover.js', 'adopted.number, heardOf) + distance)', 'adopted.number, heardOf) + 1)'],
      [
        'peer/judge.js',
        '!sameView(message.established, this.#adopted)',
        'message.established.number !== this.#adopted.number',
      ],
      ['peer/judge.js', 'if (!this.knows(message.sourceMember))', 'if (false)'],
    ],
    scope: { ...TIMELY, replicas: 3, messages: 0, removals: 1, statesMax: 400_000 },
  },
  {
    name: 'heartbeats-of-an-old-view-count',
    rule: 4,
    edits: [
      [
        'replica/replica.js',
        'return exact && primary?.memberId === message.sourceMember ? this.#following.heartbeat(message)',
        'return message ? this.#following.heartbeat(message)',
      ],
    ],
    scope: { ...TIMELY, replicas: 3, messages: 0, internal: 2 },
  },
  {
    name: 'pending-messages-outlive-their-view',
    rule: 5,
    edits: [['messaging/receive-window.js', 'this.#pending.clear();', '']],
    scope: { ...TIMELY, internal: 2, statesMax: 400_000 },
  },
  {
    name: 'released-before-its-order',
    rule: 5,
    edits: [
      [
        'messaging/receive-window.js',
        'if (next === undefined || next.orderIndex > heldIndex)',
        'if (next === undefined)',
      ],
    ],
    scope: { ...TIMELY, internal: 1 },
  },
  {
    name: 'entries-are-held-with-a-gap',
    rule: 6,
    edits: [
      [
        'determinizer/history.js',
        'const before = this.held;',
        'const before = this.held; if (block.entries.length > 0) this.skipTo(block.first - 1);',
      ],
    ],
    scope: { ...TIMELY, internal: 1, heals: true },
  },
  {
    name: 'a-silent-gateway-is-given-up',
    rule: 7,
    edits: [
      [
        'replica/takeover.js',
        'if (!connection.givenUp && !this.#reported.has(connection.peer.group))',
        'if (!this.#gaveUp && !connection.givenUp && !this.#reported.has(connection.peer.group))',
      ],
    ],
    scope: TIMELY,
  },
]
