import { BENCH } from './bench.js'
import { CHECK } from './check.js'
import { REFUSED } from './refused.js'
import { ADMIN, GUEST, NET } from './running.js'
import type { SlotsOf, SlotValue, Template } from './template.js'
import { USAGE } from './usage.js'
import { WARNINGS } from './warnings.js'

type Texts = typeof USAGE &
  typeof GUEST &
  typeof NET &
  typeof ADMIN &
  typeof BENCH &
  typeof CHECK &
  typeof REFUSED &
  typeof WARNINGS

/** `LLFT_E_<AREA>_<NAME>`, or `LLFT_W_<NAME>` for a warning. A code is public: it is never renamed or used again. */
export type Code = keyof Texts
export type WarningCode = keyof typeof WARNINGS
export type ErrorCode = Exclude<Code, WarningCode>

/** What a code's texts need to be filled in with. */
export type DetailsOf<C extends Code> = Readonly<Record<SlotsOf<Texts[C]['what' | 'why' | 'fix']>, SlotValue>>

export const REGISTRY: Readonly<Record<Code, Template>> = {
  ...USAGE,
  ...GUEST,
  ...NET,
  ...ADMIN,
  ...BENCH,
  ...CHECK,
  ...REFUSED,
  ...WARNINGS,
}

/** For codes that arrive as text, from a replica's process. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(REGISTRY, text)
}
