import { readFileSync } from 'node:fs'
import type { TraceLine } from '../driver/index.js'

/** A trace as far as it was written: a replica that was killed may leave half a line; one that never ran, no file. */
export function readTrace(path: string): readonly TraceLine[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceLine)
}
