import type { Socket } from 'node:net'

/** Rejects when the socket ends, unless its own side destroyed it, or with what `watch` finds. */
export function brokenBy(socket: Socket, watch: (fail: (error: unknown) => void) => void): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)))
      socket.destroy()
    }
    socket.on('error', (error) => fail(new Error(`reset: ${error.message}`)))
    socket.on('end', () => fail(new Error('ended by the other side')))
    watch(fail)
  })
  // Whoever waits for an answer races with it; between two requests nobody waits.
  broken.catch(() => {})
  return broken
}
