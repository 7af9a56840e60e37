/** So many of them are more than half. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}
