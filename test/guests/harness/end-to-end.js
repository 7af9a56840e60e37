import { register } from 'tsx/esm/api'

// The harness of the end-to-end tests is TypeScript.
register()
export const { ReplicatedGuest } = await import('../../e2e/harness/replicated-guest.ts')
export const { compareDigests } = await import('../../e2e/harness/digests.ts')
export const { freePort } = await import('../../e2e/command-run.ts')
