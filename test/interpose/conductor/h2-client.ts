import { connect } from 'node:http2'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a real HTTP/2 client says before it hears anything, chunk by chunk: one for each of the requests. */
export async function clientChunks(paths: readonly string[], body: string): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = []
  const duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const session = connect('http://127.0.0.1:3000', { createConnection: () => duplex })
  session.on('error', () => undefined)
  for (const path of paths) {
    const request = session.request({ ':path': path, ':method': 'POST' })
    request.on('error', () => undefined)
    request.end(body)
    await sleep(2)
  }
  const said = [...chunks]
  session.destroy()
  return said
}
