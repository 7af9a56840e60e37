import type { Command } from './command.js'
import { leaderOf } from './scene.js'
import type { Scene } from './scene.js'
import { MILLISECOND } from './stage.js'

/** How long a group may take to become whole once nothing is wrong any more: longer than any timeout. */
const END_WITHIN = 60_000 * MILLISECOND
const END_STEP = 10 * MILLISECOND

function must(holds: boolean, found: string): void {
  if (!holds) throw new Error(`it is not so: ${found}`)
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ')
}

/** Everything is answered, all who live are caught-up members who have executed the same, and all follow them. */
function whole({ stage }: Scene): boolean {
  const { clients, processes, caughtUp, statuses, gatewayDown } = stage.cluster
  const leader = leaderOf(stage)
  if (leader === undefined || gatewayDown || !clients.done || caughtUp !== processes.length) return false
  const { view } = leader.replica
  const followed = statuses.every((status) => status.view.number === view.number)
  return followed && processes.every(({ member }) => member.executed === leader.member.executed)
}

/** What must be true, whatever is recorded: recording anew does not make these agree. */
export const MUSTS: readonly Command[] = [
  {
    form: 'client {number} must have the answers to {words}',
    act: ({ stage }, { number, words }) => {
      const answers = quoted(stage.answers(Number(number)))
      must(answers === words, answers)
    },
  },
  {
    form: 'client {number} must have no answer',
    act: ({ stage }, { number }) => {
      const answers = stage.answers(Number(number))
      must(answers.length === 0, quoted(answers))
    },
  },
  {
    form: '{who} must be {role}',
    act: ({ stage }, { who = '', role }) => {
      const found = stage.find(who)?.replica.role ?? 'gone'
      must(found === role, found)
    },
  },
  {
    form: '{list} must have executed {number}',
    act: ({ stage }, { list = '', number }) => {
      const found = list.split(', ').map((name) => stage.find(name)?.member.executed)
      must(
        found.every((executed) => executed === Number(number)),
        found.join(', '),
      )
    },
  },
  {
    form: 'in the end everything is answered and all replicas are equal',
    act: (scene) => {
      const { stage, transcript } = scene
      const end = stage.cluster.world.now + END_WITHIN
      const before = transcript.take()
      while (!whole(scene) && stage.cluster.world.now < end) stage.run(END_STEP)
      transcript.take()
      for (const line of before) transcript.say(line)
      scene.showMembers()
      must(whole(scene), 'something is unanswered, or a replica is behind')
    },
  },
  {
    form: 'this play breaks {law}',
    act: (scene, { law }) => {
      scene.broken = law
    },
  },
]
