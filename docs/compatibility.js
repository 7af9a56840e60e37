// docs/compatibility.md: the guests of test/guests, and what happened to them under each Node.
import { readFileSync } from 'node:fs'
import { GUESTS } from '../test/guests/table.js'

const read = (path) => JSON.parse(readFileSync(new URL(`../test/guests/${path}`, import.meta.url), 'utf8'))
const { dependencies } = read('package.json')
const RESULTS = read('results.json')
const MAJORS = Object.keys(RESULTS)

const HEAD = `# What runs under LLFT

Made by \`npm run docs\` from \`test/guests/table.js\` and \`test/guests/results.json\`; do not edit.
\`node test/guests/run.js --record\` runs the guests and writes the results down; \`npm run verify\` runs some of them.

Each guest is a program of ordinary use, or the one that npm brings, with no line about LLFT. It runs as three
replicas: \`llft run -r 3 -- node ...\`. Four clients over connections of their own send it requests without a pause
and check every answer. Meanwhile its primary is killed with SIGKILL, and the next one as soon as there are three
replicas again. Whoever waits for an answer gets it, from the connection it has: an end of a connection that nobody
asked for, or an answer that is not right, is a failure.

In the end the three replicas must have executed the same history, with the same digest for every entry of it, and
none may have been reported to differ. Then each of them is made the primary in turn, by two kills more, and asked for
all that it has in memory: it must be what the clients expect, three times the same. Where a guest speaks to another
server, that server is asked, too, that it has had each request once.

`

const TAIL = `
The numbers are answers that were checked in the recorded run; they say nothing about speed. Programs that go through
a loader or a bundler are in \`test/e2e/loaders.test.ts\`; what is promised for modules of Node is in
[determinism.md](determinism.md).
`

function packagesOf({ packages }) {
  return packages.map((name) => (name.startsWith('node:') ? `\`${name}\`` : `${name} ${dependencies[name]}`)).join(', ')
}

function resultOf({ name }, major) {
  const { outcome, exchanges } = RESULTS[major].guests[name]
  if (outcome === 'survives') return `survives (${exchanges})`
  return outcome.startsWith('LLFT_') ? `[${outcome}](errors.md#${outcome.toLowerCase()})` : outcome
}

function rows() {
  const head = ['guest', 'of npm', 'what its clients do', ...MAJORS.map((major) => `Node ${RESULTS[major].node}`)]
  const cells = GUESTS.map((guest) => [
    guest.name,
    packagesOf(guest),
    guest.shows + (guest.note === undefined ? '' : `. ${guest.note}`),
    ...MAJORS.map((major) => resultOf(guest, major)),
  ])
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function reasons() {
  const found = MAJORS.flatMap((major) =>
    GUESTS.flatMap(({ name }) => {
      const { reason } = RESULTS[major].guests[name]
      return reason === undefined ? [] : [`- ${name} under Node ${major}: ${reason}`]
    }),
  )
  return found.length === 0 ? '' : `\n${found.join('\n')}\n`
}

export function compatibilityMarkdown() {
  return `${HEAD}${rows()}\n${reasons()}${TAIL}`
}
