import type { AdminDesk } from './admin-desk.js'

export type ActionName = 'kill' | 'failover' | 'remove' | 'add' | 'snapshot'
type Body = Readonly<Record<string, unknown>>

/** A request that means nothing; its message says why. */
export class BodyFault extends Error {}

/** What can be done to a group, and what each needs to be told. */
export const ACTIONS: Readonly<Record<ActionName, (desk: AdminDesk, body: Body) => object | Promise<object>>> = {
  kill: (desk, body) => desk.kill(target(body)),
  failover: (desk, { to }) => {
    if (to !== undefined && typeof to !== 'string') throw new BodyFault('the body is not {"to": "r2"}')
    return desk.failover(to)
  },
  remove: (desk, body) => desk.remove(target(body)),
  add: (desk) => desk.add(),
  snapshot: (desk) => desk.snapshot(),
}

/** The body of an action; an empty one says nothing. */
export function bodyIn(text: string): Body {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  } catch {
    // Answered below, like JSON of another shape.
  }
  throw new BodyFault('the body is no JSON object')
}

function target(body: Body): string {
  if (typeof body['target'] === 'string') return body['target']
  throw new BodyFault('the body is not {"target": "primary"}')
}
