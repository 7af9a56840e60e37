import { describe, expect, test } from 'vitest'
import { explore } from '../explore.js'

/** Far more than the scope has; the largest is part of the soak. */
const STATES_MAX = 1_000_000

describe('every order in a larger scope', () => {
  test('keeps the laws: every timer at any time', () => {
    const scope = { replicas: 2, messages: 1, crashes: 0, heals: false }
    expect(explore({ statesMax: STATES_MAX, ...scope })).toMatch(/^exhausted/)
  })

  test('without its rule the core breaks a law: pending-messages-outlive-their-view', () => {
    const printed = explore({}, 'pending-messages-outlive-their-view')
    expect(printed).toMatch(/^broken/)
    expect(printed).toContain('\nL3')
  })
})
