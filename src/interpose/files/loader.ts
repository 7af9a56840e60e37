import { stackFrames } from '../call-site.js'
import { fileOf, isOwn } from '../own-code.js'
import { type Path, textOf } from './paths.js'

/** The wrapped function, its wrapper, and a few of `fs` and `fs/promises` above it. */
const FRAMES_MAX = 14

const FILE_FUNCTIONS = /^node:(internal\/)?fs(\/|$)/
const LOADERS = /^node:internal\/(modules|source_map)\//
const CODE = /\.(?:[cm]?[jt]sx?|json|node|wasm|map)$/

/** Whether a file is opened by what loads the program's code. To look at the stack costs more than to open a file. */
export function isLoading(path: Path): boolean {
  return CODE.test(textOf(path)) && calledByLoader()
}

/** Whoever is above the functions of `fs` is one of Node's loaders. */
export function calledByLoader(): boolean {
  const caller = stackFrames(FRAMES_MAX).find((frame) => !isOwn(frame) && !FILE_FUNCTIONS.test(fileOf(frame)))
  return caller !== undefined && LOADERS.test(fileOf(caller))
}
