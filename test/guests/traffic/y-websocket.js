import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import { documentsTraffic } from '../harness/documents.js'

export function open({ port }) {
  return documentsTraffic(async (document, broken) => {
    const terms = { WebSocketPolyfill: WebSocket, disableBc: true }
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, 'document', document, terms)
    provider.on('connection-close', () => broken(new Error('the connection was closed')))
    await new Promise((resolve) => provider.once('synced', resolve))
    return () => provider.destroy()
  })
}
