import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything under here is LLFT's own code. */
const OWN_CODE = fileURLToPath(new URL('../', import.meta.url))

/** Makes the program's own errors: those that a recorded call came to. */
const PROGRAM_ERRORS: string = join(OWN_CODE, 'interpose/outcome.js')

export function fileOf(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? ''
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

export function isOwn(frame: NodeJS.CallSite): boolean {
  return fileOf(frame).startsWith(OWN_CODE)
}

/** An error that was made here is LLFT's own, not the program's. */
export function isOwnError(madeAt: NodeJS.CallSite): boolean {
  return isOwn(madeAt) && fileOf(madeAt) !== PROGRAM_ERRORS
}
