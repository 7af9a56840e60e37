import * as Y from 'yjs'
import { same } from './notes.js'
import { CLIENTS } from './room.js'

/**
 * Clients of a Yjs server, each with its own copy of one document. `open(document, broken)` connects a copy, waits
 * until it has what the server has, and returns how to disconnect it. What a client writes, its neighbour must see.
 */
export async function documentsTraffic(open) {
  const copies = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const document = new Y.Doc()
      let fail
      const broken = new Promise((_, reject) => (fail = reject))
      // Between two exchanges nobody waits, nor when the client itself leaves.
      broken.catch(() => {})
      return { document, broken, close: await open(document, fail), count: 0 }
    }),
  )
  const clients = copies.map((copy, at) => {
    const neighbour = copies[(at + 1) % CLIENTS].document.getMap('seen')
    return {
      async exchange() {
        const count = ++copy.count
        const seen = arrived(neighbour, `client ${at + 1}`, count)
        copy.document.transact(() => {
          copy.document.getText('text').insert(0, `${at}:${count} `)
          copy.document.getMap('seen').set(`client ${at + 1}`, count)
        })
        await Promise.race([copy.broken, seen])
      },
      close: () => copy.close(),
    }
  })
  return {
    clients,
    async state() {
      const fresh = new Y.Doc()
      const close = await open(fresh, () => {})
      const state = contents(fresh)
      close()
      for (const { document, broken } of copies) {
        await Promise.race([broken, Promise.resolve()])
        same(contents(document), state)
      }
      same(state.seen, Object.fromEntries(copies.map(({ count }, at) => [`client ${at + 1}`, count])))
      same(
        state.text.split(' ').length - 1,
        copies.reduce((sum, { count }) => sum + count, 0),
      )
      return state
    },
  }
}

function contents(document) {
  return { text: document.getText('text').toString(), seen: document.getMap('seen').toJSON() }
}

function arrived(map, key, count) {
  return new Promise((resolve) => {
    const look = () => {
      if (map.get(key) !== count) return
      map.unobserve(look)
      resolve()
    }
    map.observe(look)
  })
}
