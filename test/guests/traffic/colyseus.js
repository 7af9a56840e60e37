import { Client } from 'colyseus.js'
import { same } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

/** A player steps and waits until the world, which the server sends as it changes, shows it. */
async function player(port) {
  const room = await new Client(`ws://127.0.0.1:${port}`).joinOrCreate('game')
  let broken
  let closed = false
  let waiting
  let [x, steps] = [0, 0]
  room.onLeave((code) => closed || ((broken = new Error(`left: ${code}`)), waiting?.reject(broken)))
  room.onStateChange((state) => {
    const me = state.players.get(room.sessionId)
    if (me?.steps === steps && me.x === x) waiting?.resolve()
  })
  return {
    room,
    get now() {
      return { x, steps }
    },
    async exchange() {
      if (broken !== undefined) throw broken
      const distance = Math.floor(Math.random() * 100)
      x += distance
      steps++
      await new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        room.send('step', distance)
      })
    },
    close() {
      closed = true
      void room.leave()
    },
  }
}

export async function open({ port }) {
  const clients = []
  for (let count = 0; count < CLIENTS; count++) clients.push(await player(port))
  return {
    clients,
    async state() {
      const room = await new Client(`ws://127.0.0.1:${port}`).joinOrCreate('game', { watches: true })
      const state = await new Promise((resolve) => room.onStateChange.once(resolve))
      const players = clients.map(({ room: { sessionId } }) => state.players.get(sessionId).toJSON())
      await room.leave()
      for (const [at, { now }] of clients.entries()) same({ x: players[at].x, steps: players[at].steps }, now)
      return players
    },
  }
}
