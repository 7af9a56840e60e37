import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from './stage/commands.js'
import { formsIn, perform } from './stage/play.js'

const folder = join(import.meta.dirname, '../scenarios')
const plays = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .toSorted()
/** Set to write what happens now into the plays, to be read and judged as a diff. */
const records = process.env['RECORD_PLAYS'] !== undefined

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

describe('the protocol as plays', () => {
  test.each(plays)('%s', (name) => {
    const text = read(name)
    const performed = perform(text)
    if (records) writeFileSync(join(folder, name), performed)
    else expect(performed).toBe(text)
  })

  test('each says first what it is about, and in which section of protocol.md that stands', () => {
    expect(plays.length).toBeGreaterThan(10)
    for (const name of plays) {
      const [first = ''] = read(name).split('\n\n')
      expect(first, name).toMatch(/^# [\s\S]*protocol\.md/)
    }
  })

  test('everything that can be said is said in some play', () => {
    const said = new Set(plays.flatMap((name) => formsIn(read(name))))
    expect(COMMANDS.map(({ form }) => form).filter((form) => !said.has(form))).toEqual([])
  })
})

describe('a play is refused', () => {
  const START = 'start 2 replicas, a gateway and a console\n----\n'
  const played = (...commands: readonly string[]) => {
    return () => perform(`${START}\n${commands.join('\n')}\n----\n`)
  }

  test('that says what nobody understands', () => {
    expect(played('run for a while')).toThrow(/^line 4: nobody understands `run for a while`/)
  })

  test('that foresees what does not come', () => {
    const never = 'lose the next Establish from r1 to r2'
    expect(played(never)).toThrow(`nothing came of: ${never}`)
    expect(played('do not show Refuse')).toThrow('nothing came of: do not show Refuse')
    expect(played('kill r2 as soon as it has proposed')).toThrow('nothing came of: kill r2')
    expect(played('deliver every Data held from r1 to r2')).toThrow('no such datagram is held')
  })

  test('that claims what is not so', () => {
    expect(played('client 1 must have the answers to "a"')).toThrow('it is not so')
    expect(played('client 1 sends "a"', 'run for 10 ms', 'client 1 must have no answer')).toThrow('it is not so')
    expect(played('r2 must be primary')).toThrow('it is not so: backup')
    expect(played('r1, r2 must have executed 1')).toThrow('it is not so: 0, 0')
    expect(
      played(
        'client 1 sends "a"',
        'cut gateway from r1',
        'in the end everything is answered and all replicas are equal',
      ),
    ).toThrow('it is not so')
    expect(played('this play breaks L3')).toThrow('L3 was not broken')
  })

  test('that has commands and nothing recorded', () => {
    expect(() => perform('start 2 replicas, a gateway and a console\n')).toThrow('commands without ----')
  })
})
