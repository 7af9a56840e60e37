import { Redis } from 'ioredis'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

function dial(port) {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: null, lazyConnect: true })
  redis.on('error', () => {})
  return redis
}

function noteOf(id, text) {
  return text === null ? null : { id, text }
}

async function door(port) {
  const redis = dial(port)
  await redis.connect()
  return {
    async create(text) {
      const id = await redis.incr('last')
      await redis.set(`note ${id}`, text)
      return { id, text }
    },
    read: async (id) => noteOf(id, await redis.get(`note ${id}`)),
    async replace(id, text) {
      await redis.set(`note ${id}`, text)
      return { id, text }
    },
    async remove(id) {
      if ((await redis.del(`note ${id}`)) !== 1) throw new Error(`${id} was not there`)
    },
    close: () => redis.disconnect(),
  }
}

export async function open({ port }) {
  const doors = await Promise.all(Array.from({ length: CLIENTS }, () => door(port)))
  return notesTraffic(doors, async () => {
    const redis = dial(port)
    await redis.connect()
    const keys = (await redis.keys('note *')).filter((key) => key !== 'last')
    const texts = await Promise.all(keys.map((key) => redis.get(key)))
    redis.disconnect()
    return keys.map((key, at) => noteOf(Number(key.split(' ')[1]), texts[at]))
  })
}
