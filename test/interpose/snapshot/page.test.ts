import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startGuest } from '../guest.js'
import type { Guest, Message } from '../guest.js'
import { maskedFrame } from './frames.js'
import { asWebSocket, get } from './script.js'

const page = readFileSync(new URL('../../../docs/snapshots.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code as string)
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

async function start(program: string): Promise<Guest> {
  const guest = startGuest(program, 'program.mjs')
  await guest.frame('listen')
  return guest
}

/** What it has saved, restored by another process of the same program. */
async function move(old: Guest, program: string): Promise<Guest> {
  const is = (wanted: string) => (message: Message) => message['outcome'] === wanted
  old.send({ frame: 'snapshot', ask: 'save', bytes: Buffer.from('') })
  const { bytes } = await old.message(is('saved'))
  const next = await start(program)
  const { base64 } = bytes as { readonly base64: string }
  next.send({ frame: 'snapshot', ask: 'restore', bytes: Buffer.from(base64, 'base64') })
  await next.message(is('restored'))
  return next
}

test('the HTTP server of the page goes on counting', async () => {
  const program = examples[0] as string
  const old = await start(program)
  old.open(1)
  for (const count of [1, 2]) {
    old.data(1, get('/a'))
    await old.received(1, `visit ${count} of /a`)
  }
  const next = await move(old, program)
  next.open(1)
  next.data(1, get('/a'))
  expect(await next.received(1, 'visit')).toContain('visit 3 of /a\n')
})

test('the chat of the page: who was there is not told again', async () => {
  const program = examples[1] as string
  const old = await start(program)
  const asAnn = get('/?name=ann', `${asWebSocket}${KEY}`)
  old.open(1)
  old.data(1, asAnn)
  await old.received(1, '101 Switching Protocols')
  old.data(1, maskedFrame('hello'))
  await old.received(1, 'ann: hello')
  const next = await move(old, program)
  const { bytes } = await old.frame('upgraded')
  expect(Buffer.from((bytes as { base64: string }).base64, 'base64').toString()).toBe(asAnn)
  next.open(1)
  next.data(1, asAnn)
  next.data(1, maskedFrame('again'))
  expect(await next.received(1, 'ann: again')).not.toContain('hello')
  next.open(2)
  next.data(2, get('/?name=ben', `${asWebSocket}${KEY}`))
  await next.received(2, 'ann: hello\nann: again')
})
