/** More changed letters than this, and a suggestion would be a guess. */
const CHANGES_MAX = 3

/** The candidate that `word` is probably meant to be, or undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestChanges = Math.min(CHANGES_MAX, Math.floor(word.length / 2)) + 1
  for (const candidate of candidates) {
    const changes = changesBetween(word, candidate)
    if (changes < bestChanges) {
      best = candidate
      bestChanges = changes
    }
  }
  return best
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function changesBetween(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const shorter = Math.min(previous[column] as number, current[column - 1] as number) + 1
      current.push(Math.min(replaced, shorter))
    }
    previous = current
  }
  return previous[right.length] as number
}
