/** What a program says of an error reaches an operator's screen; longer texts are cut. */
const REASON_CHARS_MAX = 1000

/** What whoever threw this has to say. */
export function reasonOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown
    return String(message).slice(0, REASON_CHARS_MAX)
  } catch {
    return 'something that is no text was thrown'
  }
}
