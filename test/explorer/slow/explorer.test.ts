import { describe, expect, test } from 'vitest'
import { explore } from '../explore.js'

/** The largest of these scopes has 632,146. */
const STATES_MAX = 1_000_000

describe('every order in a larger scope', () => {
  test.each([
    ['every timer at any time', { replicas: 2, messages: 1, crashes: 0, heals: false }],
    ['a request and a decision of its own', { prompt: true, replicas: 2, messages: 1, internal: 1, crashes: 0 }],
  ])('keeps the laws: %s', (_, scope) => {
    expect(explore({ statesMax: STATES_MAX, ...scope })).toMatch(/^exhausted/)
  })

  test('without its rule the core breaks a law: pending-messages-outlive-their-view', () => {
    const printed = explore({}, 'pending-messages-outlive-their-view')
    expect(printed).toMatch(/^broken/)
    expect(printed).toContain('\nL3')
  })
})
