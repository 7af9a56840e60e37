import type { Place, Site } from '../driver/index.js'
import { fileOf, isOwn } from './own-code.js'

/** Where in the program a call was made, and by which function of Node. */
export interface CallSite {
  /** Like `fs.writeFileSync()` or `new Worker()`; undefined when the program's code is not on the stack. */
  readonly call: string | undefined
  /** Like `at /app/server.js:12`. */
  readonly place: string
}

/** Deep enough for a call through a framework and the promise functions of `fs`. */
const FRAMES_MAX = 60

const DEPENDENCY = /[/\\]node_modules[/\\]/

export function callSite(): CallSite {
  const { call, at, through } = programSite()
  if (at === undefined) return { call, place: 'in a callback of Node' }
  if (through === undefined) return { call, place: `at ${textOf(at)}` }
  return { call, place: `at ${textOf(through)} (called from ${textOf(at)})` }
}

/** The same, in parts. */
export function programSite(): Site {
  const frames = stackFrames(FRAMES_MAX).filter((frame) => !isOwn(frame))
  const isProgram = (frame: NodeJS.CallSite): boolean => fileOf(frame) !== '' && !fileOf(frame).startsWith('node:')
  const first = frames.findIndex(isProgram)
  const caller = frames[first]
  if (caller === undefined) return {}
  const entry = frames[first - 1]
  const call = entry === undefined ? undefined : nameOf(entry)
  const own = frames.find((frame) => isProgram(frame) && !DEPENDENCY.test(fileOf(frame)))
  if (own === undefined || own === caller) return { call, at: placeOf(caller) }
  return { call, at: placeOf(own), through: placeOf(caller) }
}

/** The caller's caller and those above it. */
export function stackFrames(count: number): readonly NodeJS.CallSite[] {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const holder: { stack?: readonly NodeJS.CallSite[] } = {}
  try {
    Object.defineProperty(Error, 'prepareStackTrace', {
      value: (_error: unknown, frames: readonly NodeJS.CallSite[]) => frames,
      configurable: true,
    })
    return withFrames(count, () => {
      Error.captureStackTrace(holder, stackFrames)
      return holder.stack ?? []
    })
  } finally {
    restore('prepareStackTrace', prepare)
  }
}

/** Errors that are made inside remember so many frames. */
export function withFrames<Result>(count: number, call: () => Result): Result {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  try {
    Object.defineProperty(Error, 'stackTraceLimit', { value: count, configurable: true })
    return call()
  } finally {
    restore('stackTraceLimit', limit)
  }
}

function restore(name: 'prepareStackTrace' | 'stackTraceLimit', before: PropertyDescriptor | undefined): void {
  if (before === undefined) Reflect.deleteProperty(Error, name)
  else Object.defineProperty(Error, name, before)
}

function placeOf(frame: NodeJS.CallSite): Place {
  return { file: fileOf(frame), line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 }
}

function textOf({ file, line }: Place): string {
  return `${file}:${line}`
}

/** `node:internal/fs/promises` and `writeFile` make `fs/promises.writeFile()`. */
function nameOf(frame: NodeJS.CallSite): string {
  const name = frame.getFunctionName() ?? 'call'
  if (frame.isConstructor()) return `new ${name}()`
  const module = fileOf(frame).replace(/^node:(internal\/)?/, '')
  return `${module}.${name.replace(/^.*\./, '')}()`
}
