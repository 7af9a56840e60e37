import type { Realm } from './realm.js'

/** `Math.random`. Stands alone: see `Realm`. */
export function furnishRandom({ global, replace }: Realm, random: () => number): void {
  replace(global.Math, 'random', () => random())
}
