import { installThread, openInternals } from '../interpose/index.js'
import { restoreProcess } from './restore.js'

/** Makes a worker of the program the same at every replica. Runs before its code, as what `node -r` loads. */
function compose(): void {
  const at = process.execArgv.indexOf('-r')
  const preload = process.execArgv[at + 1] ?? ''
  if (installThread(openInternals())) restoreProcess(preload)
}

compose()
