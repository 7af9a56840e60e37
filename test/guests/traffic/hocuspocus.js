import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import { documentsTraffic } from '../harness/documents.js'

export function open({ port }) {
  return documentsTraffic(async (document, broken) => {
    const websocketProvider = new HocuspocusProviderWebsocket({
      url: `ws://127.0.0.1:${port}`,
      WebSocketPolyfill: WebSocket,
    })
    const provider = new HocuspocusProvider({ websocketProvider, name: 'document', document })
    provider.attach()
    websocketProvider.on('close', () => broken(new Error('the connection was closed')))
    await new Promise((resolve) => provider.on('synced', resolve))
    return () => {
      provider.destroy()
      websocketProvider.destroy()
    }
  })
}
