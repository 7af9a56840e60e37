import { describe, expect, test } from 'vitest'
import type { Locator, MemberId } from '../../src/message/index.js'
import { Claims } from '../../src/supervisor/claims.js'
import type { Claim } from '../../src/supervisor/claims.js'

function claim(slot: string, member: number, parts: Record<string, string> = { node: 'v20' }): Claim {
  return {
    type: 'claim',
    slot,
    token: 't',
    memberId: member as MemberId,
    locator: 1 as Locator,
    pid: member,
    argv: ['node', `${slot}.js`],
    cwd: '/',
    fingerprint: { hash: JSON.stringify(parts), parts },
  }
}

describe('Claims', () => {
  test('one guest per slot; a repeated datagram is known', () => {
    const claims = new Claims()
    claims.open('r1')
    expect(claims.judge(claim('r1', 10))).toEqual({ verdict: 'new' })
    expect(claims.judge(claim('r1', 10))).toEqual({ verdict: 'known' })
    expect(claims.holder('r1')).toBe(10)
  })

  test('a second guest is refused and told of the first', () => {
    const claims = new Claims()
    claims.open('r1')
    const first = claim('r1', 10)
    claims.judge(first)
    expect(claims.judge(claim('r1', 11))).toEqual({ verdict: 'refused', refusal: 'second', first })
  })

  test('a guest unlike the first one is refused with the names of the parts', () => {
    const claims = new Claims()
    claims.open('r1')
    claims.open('r2')
    claims.judge(claim('r1', 10, { node: 'v20', zone: 'UTC', cwd: '/a' }))
    const judgement = claims.judge(claim('r2', 11, { node: 'v20', zone: 'CET', locale: 'de', cwd: '/a' }))
    expect(judgement).toEqual({ verdict: 'refused', refusal: 'different', parts: ['locale', 'zone'] })
    expect(claims.holder('r2')).toBeUndefined()
  })

  test('the first guest stays the model after its slot is closed', () => {
    const claims = new Claims()
    claims.open('r1')
    claims.judge(claim('r1', 10))
    claims.close('r1')
    claims.open('r2')
    expect(claims.judge(claim('r2', 11, { node: 'v22' }))).toMatchObject({ refusal: 'different', parts: ['node'] })
    expect(claims.judge(claim('r1', 12))).toEqual({ verdict: 'nobody' })
  })
})
