/**
 * The last bytes of a stream. What a replica writes to its real stdout and stderr is shown only as the cause of a
 * crash (determinizer.md A11), so the end of it is what counts.
 */
export class ByteRing {
  readonly #bytesMax: number
  #chunks: Uint8Array[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  append(bytes: Uint8Array): void {
    const kept = bytes.length > this.#bytesMax ? bytes.subarray(bytes.length - this.#bytesMax) : bytes
    this.#chunks.push(kept)
    this.#bytes += kept.length
    while (this.#bytes > this.#bytesMax) {
      const first = this.#chunks[0] as Uint8Array
      const excess = this.#bytes - this.#bytesMax
      if (first.length <= excess) {
        this.#chunks.shift()
        this.#bytes -= first.length
      } else {
        this.#chunks[0] = first.subarray(excess)
        this.#bytes -= excess
      }
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
