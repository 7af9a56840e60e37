import { createServer } from 'node:http'
import { Room, Server } from '@colyseus/core'
import { defineTypes, MapSchema, Schema } from '@colyseus/schema'
import { WebSocketTransport } from '@colyseus/ws-transport'

class Player extends Schema {}
defineTypes(Player, { x: 'number', steps: 'number', gold: 'number' })

class World extends Schema {
  constructor() {
    super()
    this.players = new MapSchema()
    this.ticks = 0
  }
}
defineTypes(World, { players: { map: Player }, ticks: 'number' })

class Game extends Room {
  onCreate() {
    this.autoDispose = false
    this.setState(new World())
    this.setSimulationInterval(() => this.state.ticks++, 50)
    this.onMessage('step', ({ sessionId }, distance) => {
      const player = this.state.players.get(sessionId)
      player.x += distance
      player.steps++
      player.gold += Math.floor(Math.random() * 10)
    })
  }

  onJoin({ sessionId }) {
    this.state.players.set(sessionId, Object.assign(new Player(), { x: 0, steps: 0, gold: 0 }))
  }
}

const server = new Server({ transport: new WebSocketTransport({ server: createServer() }), greet: false })
server.define('game', Game)
await server.listen(Number(process.env.PORT), '127.0.0.1')
