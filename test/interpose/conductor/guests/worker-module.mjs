import { parentPort, workerData } from 'node:worker_threads'
import common from './common.cjs'

const { default: data } = await import('./data.json', { with: { type: 'json' } })
parentPort.on('message', (message) => void answer(message))

async function answer(message) {
  // Loaded while messages wait.
  const later = await import('./worker-later.mjs')
  parentPort.postMessage([message, workerData, common, data, later.name])
  if (message === 'last') parentPort.close()
}
