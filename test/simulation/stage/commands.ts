import type { KindName } from '../../../src/message/index.js'
import { KIND } from '../../../src/message/index.js'
import type { TakeoverStage } from '../../../src/sim/index.js'
import type { Command, Words } from './command.js'
import type { Selection } from './direction.js'
import { MUSTS } from './musts.js'
import { SETTINGS } from './settings.js'
import { MILLISECOND } from './stage.js'

const PROCESS = 'r\\d+|gateway(?: \\d+)?|console'
const VARIABLES: Readonly<Record<string, string>> = {
  who: PROCESS,
  whom: PROCESS,
  from: `${PROCESS}|anybody`,
  to: `${PROCESS}|anybody`,
  list: 'r\\d+(?:, r\\d+)*',
  number: '\\d+',
  word: '[^"]+',
  words: '"[^"]+"(?:, "[^"]+")*',
  kind: [...Object.keys(KIND), 'datagram'].join('|'),
  stage: 'proposed|recovered|established',
  role: 'primary|backup|recovering|frozen|joining|gone',
  law: 'L\\d',
  setting: Object.keys(SETTINGS).join('|'),
}

const selection = ({ kind, from, to }: Words): Selection => {
  const named = (name: string | undefined): string | undefined => (name === 'anybody' ? undefined : name)
  return { kind: kind === 'datagram' ? undefined : (kind as KindName), from: named(from), to: named(to) }
}

function steering(course: 'lose' | 'hold', which: 'the next' | 'every'): Command {
  const form = `${course} ${which} {kind} from {from} to {to}`
  const act: Command['act'] = ({ stage }, words) => {
    const said = `${course} ${which} ${words['kind']} from ${words['from']} to ${words['to']}`
    stage.direction.add(said, { course, selections: [selection(words)], once: which === 'the next' })
  }
  return { form, act }
}

const cut = ({ who, whom }: Words): string => `cut ${who} from ${whom}`

export const COMMANDS: readonly Command[] = [
  {
    form: 'start {number} replicas, a gateway and a console',
    act: (scene, { number }) => scene.begin({ replicas: Number(number) }),
  },
  {
    form: 'start {number} replicas, a gateway and a console, with {setting}',
    act: (scene, { number, setting = '' }) => scene.begin({ replicas: Number(number), ...SETTINGS[setting] }),
  },
  {
    form: 'client {number} sends "{word}"',
    act: ({ stage }, { number, word = '' }) => stage.ask(Number(number), word),
  },
  { form: 'client {number} breaks its connection', act: ({ stage }, { number }) => stage.breakOff(Number(number)) },
  { form: 'a timer of the program fires', act: ({ stage }) => stage.tick() },
  { form: 'run for {number} ms', act: ({ stage }, { number }) => stage.run(Number(number) * MILLISECOND) },
  steering('lose', 'the next'),
  steering('lose', 'every'),
  steering('hold', 'the next'),
  steering('hold', 'every'),
  { form: 'let everything pass again', act: ({ stage }) => stage.direction.end() },
  {
    form: 'deliver every {kind} held from {from} to {to}',
    act: ({ stage }, words) => {
      if (stage.deliver(selection(words)) === 0) throw new Error('no such datagram is held')
    },
  },
  {
    form: 'cut {who} from {whom}',
    act: ({ stage }, words) => {
      const { who: from, whom: to } = words
      const selections = [
        selection({ kind: 'datagram', from, to } as Words),
        selection({ kind: 'datagram', from: to, to: from } as Words),
      ]
      stage.direction.add(cut(words), { course: 'lose', selections, once: false })
    },
  },
  { form: 'join {who} and {whom} again', act: ({ stage }, words) => stage.direction.end(cut(words)) },
  {
    form: 'stop {who} for {number} ms',
    act: ({ stage }, { who = '', number }) => stage.pause(who, Number(number) * MILLISECOND),
  },
  { form: 'kill {who}', act: ({ stage }, { who = '' }) => stage.kill(who) },
  {
    form: 'kill {who} as soon as it has {stage}',
    act: (scene, { who = '', stage }) => scene.stage.killWhen(who, stage as TakeoverStage),
  },
  { form: 'say that {who} has failed', act: ({ stage }, { who = '' }) => stage.suspect(who) },
  { form: 'start another replica', act: ({ stage }) => stage.startReplica() },
  { form: 'start another gateway', act: ({ stage }) => stage.startGateway() },
  { form: 'show members', act: (scene) => scene.showMembers() },
  { form: 'do not show {kind}', act: ({ transcript }, { kind }) => transcript.hide(kind as KindName) },
  ...MUSTS,
]

/** A form as a pattern with a group for each variable. */
export function patternOf(form: string): RegExp {
  const source = form.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${VARIABLES[name]})`)
  return new RegExp(`^${source}$`)
}
