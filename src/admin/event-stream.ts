import type { ServerResponse } from 'node:http'
import type { EventSource, GroupEvent } from './group-event.js'

/** A reader that leaves so much lying is not reading; it may connect again and ask for what it missed. */
const UNREAD_BYTES_MAX = 1 << 20
/** Whoever follows from afar learns within this that nobody is there any more. */
const COMMENT_MS = 15_000

/** Server-sent events: what happened after number `after`, then what happens, until one side ends it. */
export function streamEvents(source: EventSource, after: number, response: ServerResponse): void {
  const write = (text: string): void => {
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy()
    else response.write(text)
  }
  const send = (event: GroupEvent): void => write(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
  write(': LLFT\n\n')
  for (const event of source.recent) if (event.sequence > after) send(event)
  const stop = source.subscribe(send)
  const comment = setInterval(() => write(':\n\n'), COMMENT_MS)
  response.once('close', () => {
    clearInterval(comment)
    stop()
  })
}
