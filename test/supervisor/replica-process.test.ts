import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import type { ProcessEnd } from '../../src/supervisor/index.js'
import { ReplicaProcess } from '../../src/supervisor/replica-process.js'
import { isAlive, until } from './support.js'

const { SIGKILL } = constants.signals

describe('ReplicaProcess', () => {
  const made: ReplicaProcess[] = []
  afterEach(() => made.splice(0).forEach((replica) => replica.destroy()))

  function start(file: string, ...args: string[]): { replica: ReplicaProcess; seen: string[]; ends: ProcessEnd[] } {
    const [seen, ends]: [string[], ProcessEnd[]] = [[], []]
    const listener = { gone: () => seen.push('gone'), ended: (end: ProcessEnd) => seen.push('ended') && ends.push(end) }
    const replica = new ReplicaProcess({ file, args, environment: process.env }, listener)
    made.push(replica)
    return { replica, seen, ends }
  }

  test('a direct guest that is killed is gone at once', async () => {
    const { replica, seen, ends } = start('sleep', '1000')
    replica.attachGuest(replica.groupId as number)
    replica.kill('SIGKILL')
    await until(() => ends.length === 1)
    expect(seen).toEqual(['gone', 'ended'])
    expect(ends).toEqual([{ code: 0, signal: SIGKILL }])
  })

  test('a guest behind a wrapper is gone before its wrapper has ended; the end is the one of the guest', async () => {
    const { replica, seen, ends } = start('sh', '-c', 'sleep 1000; code=$?; sleep 0.3; exit $code')
    const children = `/proc/${replica.groupId}/task/${replica.groupId}/children`
    await until(() => readFileSync(children, 'utf8') !== '')
    const guest = Number(readFileSync(children, 'utf8'))
    replica.attachGuest(guest)
    process.kill(guest, 'SIGKILL')
    await until(() => seen.length === 1)
    expect(seen).toEqual(['gone'])
    await until(() => ends.length === 1)
    expect(ends).toEqual([{ code: 0, signal: SIGKILL }])
  })

  test('what the command leaves in its group ends with it; its last words are kept', async () => {
    const { replica, ends } = start('sh', '-c', 'sleep 1000 & echo $!; echo words >&2; exit 4')
    await until(() => ends.length === 1)
    expect(ends).toEqual([{ code: 4, signal: 0 }])
    expect(replica.evidence).toContain('words\n')
    await until(() => !isAlive(Number.parseInt(replica.evidence, 10)))
  })

  test('a command that cannot be started', async () => {
    const { seen, ends } = start('/no/such/command')
    await until(() => ends.length === 1)
    expect(seen).toEqual(['gone', 'ended'])
    expect(ends).toEqual([{ code: 127, signal: 0 }])
  })
})
