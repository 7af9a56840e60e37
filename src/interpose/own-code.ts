import { fileURLToPath } from 'node:url'

/** Everything under here is LLFT's own code. */
const OWN_URL = new URL('../', import.meta.url).href

/** Makes the program's own errors: those that a recorded call came to. */
const PROGRAM_ERRORS = new URL('outcome.js', import.meta.url).href

export function fileOf(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? ''
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

/** Compared as it is, because many frames are looked at. */
export function isOwn(frame: NodeJS.CallSite): boolean {
  return frame.getFileName()?.startsWith(OWN_URL) === true
}

/** An error that was made here is LLFT's own, not the program's. */
export function isOwnError(madeAt: NodeJS.CallSite): boolean {
  return isOwn(madeAt) && madeAt.getFileName() !== PROGRAM_ERRORS
}
