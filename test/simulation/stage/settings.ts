import type { StageTerms } from './stage.js'

/** What a group may be started with, in the words of plays. */
export const SETTINGS: Readonly<Record<string, Partial<StageTerms>>> = {
  'commit: acknowledged': { commit: 'acknowledged' },
  /** A bound that long histories meet is met by two entries, and nothing is carried twice unasked. */
  'room for one entry in a datagram': { limits: { orderBytesMax: 1, orderRepeatBytesMax: 0 } },
}
