/** What a call came to, to be answered. */
export interface CallResult {
  readonly value?: unknown
  readonly body?: Uint8Array | undefined
}
