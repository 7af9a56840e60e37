import { expect, test } from 'vitest'
import { explore } from '../explore.js'

/** It has 632,146. */
const STATES_MAX = 1_000_000

test('every order in the largest scope, a request and a decision of its own, keeps the laws', () => {
  const scope = { prompt: true, replicas: 2, messages: 1, internal: 1, crashes: 0 }
  expect(explore({ statesMax: STATES_MAX, ...scope })).toMatch(/^exhausted/)
})
