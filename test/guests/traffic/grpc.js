import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { notesTraffic } from '../harness/notes.js'
import { CLIENTS } from '../harness/room.js'

const { Notes } = grpc.loadPackageDefinition(
  loadSync(fileURLToPath(new URL('../programs/shared/notes.proto', import.meta.url))),
)

/** Each client has a channel of its own, which does not retry. */
function dial(port) {
  const client = new Notes(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
  })
  const call = (name, request) =>
    new Promise((resolve, reject) => {
      client[name](request, (error, answer) => (error === null ? resolve(answer) : reject(error)))
    })
  return { call, close: () => client.close() }
}

async function orNull(answer) {
  try {
    return await answer
  } catch (error) {
    if (error.code === grpc.status.NOT_FOUND) return null
    throw error
  }
}

export function open({ port }) {
  const doors = Array.from({ length: CLIENTS }, () => {
    const { call, close } = dial(port)
    return {
      create: (text) => call('create', { text }),
      read: (id) => orNull(call('read', { id })),
      replace: (id, text) => call('replace', { id, text }),
      remove: (id) => call('remove', { id }),
      close,
    }
  })
  return notesTraffic(doors, async () => {
    const { call, close } = dial(port)
    const { notes } = await call('list', {})
    close()
    return notes
  })
}
