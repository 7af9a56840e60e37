import { fileURLToPath } from 'node:url'

/** Everything under here is LLFT's own code. */
const OWN_CODE = fileURLToPath(new URL('../', import.meta.url))

export function fileOf(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? ''
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

export function isOwn(frame: NodeJS.CallSite): boolean {
  return fileOf(frame).startsWith(OWN_CODE)
}
