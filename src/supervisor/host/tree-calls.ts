import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** What `fs.cpSync` and `fs.rmSync` do is not in all cases what their asynchronous namesakes do. */
export type TreeFunction = 'cpSync' | 'rmSync'

interface Failed {
  readonly code?: string
  readonly errno?: number
  readonly syscall?: string
  readonly message: string
}

const WORK = `
  const { parentPort, workerData } = require('node:worker_threads')
  try {
    require('node:fs')[workerData.name](...workerData.args)
  } catch ({ code, errno, syscall, message }) {
    parentPort.postMessage({ code, errno, syscall, message })
  }`

/** Calls a function that goes through a whole folder, in a thread: the console has connections to serve meanwhile. */
export async function callOnTree(name: TreeFunction, args: readonly unknown[]): Promise<void> {
  const worker = new Worker(WORK, { eval: true, workerData: { name, args }, execArgv: [] })
  let failed: Failed | undefined
  worker.once('message', (message: Failed) => (failed = message))
  await once(worker, 'exit')
  if (failed !== undefined) throw Object.assign(new Error(failed.message), failed)
}
