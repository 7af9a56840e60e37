import type { MemberId } from '../message/index.js'
import type { AttachRequest } from '../driver/index.js'

export type Claim = Extract<AttachRequest, { type: 'claim' }>

/** Why a process does not get the slot it asked for. */
export type Refusal =
  /** Each replica has one guest (determinizer.md A2). */
  | { readonly refusal: 'second'; readonly first: Claim }
  /** Node is to do what only a process that is not replicated can. */
  | { readonly refusal: 'flag'; readonly flag: string }
  /** Its group was founded by a gateway that is gone. */
  | { readonly refusal: 'earlier' }
  /** Replicas must start alike (determinizer.md A8); the parts that differ, by name. */
  | { readonly refusal: 'different'; readonly parts: readonly string[] }

/** `nobody`: there is no such slot, its process has been given up already. */
export type Judgement = { readonly verdict: 'new' | 'known' | 'nobody' } | ({ readonly verdict: 'refused' } & Refusal)

/** Who sits where: one guest per slot, every guest like the first one. */
export class Claims {
  /** Bounded by the replicas that live at one time: a slot is closed when its process has ended. */
  readonly #slots = new Map<string, Claim | undefined>()
  #model: Claim['fingerprint'] | undefined

  open(slot: string): void {
    this.#slots.set(slot, undefined)
  }

  close(slot: string): void {
    this.#slots.delete(slot)
  }

  claim(slot: string): Claim | undefined {
    return this.#slots.get(slot)
  }

  holder(slot: string): MemberId | undefined {
    return this.claim(slot)?.memberId
  }

  judge(claim: Claim): Judgement {
    if (!this.#slots.has(claim.slot)) return { verdict: 'nobody' }
    const { refusedFlag: flag } = claim
    if (flag !== undefined) return { verdict: 'refused', refusal: 'flag', flag }
    const first = this.#slots.get(claim.slot)
    if (first !== undefined) {
      return first.memberId === claim.memberId ? { verdict: 'known' } : { verdict: 'refused', refusal: 'second', first }
    }
    const model = (this.#model ??= claim.fingerprint)
    if (model.hash !== claim.fingerprint.hash) {
      return { verdict: 'refused', refusal: 'different', parts: differing(model.parts, claim.fingerprint.parts) }
    }
    this.#slots.set(claim.slot, claim)
    return { verdict: 'new' }
  }
}

type Parts = Claim['fingerprint']['parts']

function differing(left: Parts, right: Parts): readonly string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].filter((name) => left[name] !== right[name]).toSorted()
}
