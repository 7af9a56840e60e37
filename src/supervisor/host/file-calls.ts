import * as fs from 'node:fs'
import { promisify } from 'node:util'
import type { StreamId } from '../../message/index.js'
import { pathOf, statOf } from './file-values.js'
import type { OpenFiles } from './open-files.js'
import type { CallResult } from './results.js'
import { callOnTree } from './tree-calls.js'

/** One call about files, as the program's replicas make it. */
export interface FileCall {
  /** The stream of the call; names the file from then on if the call opens one. */
  readonly stream: StreamId
  readonly args: readonly unknown[]
  readonly body: Uint8Array
  readonly files: OpenFiles
}

type Perform = (call: FileCall) => Promise<CallResult>
type Path = ReturnType<typeof pathOf>

const later = {
  open: promisify(fs.open),
  stat: promisify(fs.stat),
  close: promisify(fs.close),
  read: promisify(fs.read),
  write: promisify(fs.write),
  fstat: promisify(fs.fstat),
  ftruncate: promisify(fs.ftruncate),
  fsync: promisify(fs.fsync),
  fdatasync: promisify(fs.fdatasync),
  fchmod: promisify(fs.fchmod),
  fchown: promisify(fs.fchown),
  futimes: promisify(fs.futimes),
}

/** Every call by name, with the arguments of Node's own function of that name unless it says otherwise. */
export const FILE_CALLS: Readonly<Record<string, Perform>> = {
  chmod: onPath((path, mode) => fs.promises.chmod(path, mode as number)),
  chown: onPath((path, uid, gid) => fs.promises.chown(path, uid as number, gid as number)),
  lchown: onPath((path, uid, gid) => fs.promises.lchown(path, uid as number, gid as number)),
  utimes: onPath((path, atime, mtime) => fs.promises.utimes(path, atime as number, mtime as number)),
  lutimes: onPath((path, atime, mtime) => fs.promises.lutimes(path, atime as number, mtime as number)),
  rmdir: onPath((path) => fs.promises.rmdir(path)),
  unlink: onPath((path) => fs.promises.unlink(path)),
  mkdir: onPath((path, mode, recursive) =>
    fs.promises.mkdir(path, { mode: mode as number, recursive: recursive === true }),
  ),
  mkdtemp: onPath((prefix) => fs.promises.mkdtemp(prefix.toString())),
  rename: onPath((from, to) => fs.promises.rename(from, pathOf(to))),
  link: onPath((existing, made) => fs.promises.link(existing, pathOf(made))),
  symlink: onPath((target, path) => fs.promises.symlink(target, pathOf(path))),
  copyFile: onPath((from, to, mode) => fs.promises.copyFile(from, pathOf(to), mode as number)),
  rm: onPath((path, options) => callOnTree('rmSync', [path, options])),
  cp: onPath((from, to, options) => callOnTree('cpSync', [from, pathOf(to), options])),
  open: openFile,
  close: onFile(async (descriptor, { args, files }) => {
    files.closed(args[0] as StreamId)
    await later.close(descriptor)
  }),
  fchmod: onFile((descriptor, { args }) => later.fchmod(descriptor, args[1] as number)),
  fchown: onFile((descriptor, { args }) => later.fchown(descriptor, args[1] as number, args[2] as number)),
  futimes: onFile((descriptor, { args }) => later.futimes(descriptor, args[1] as number, args[2] as number)),
  ftruncate: onFile((descriptor, { args }) => later.ftruncate(descriptor, args[1] as number)),
  fsync: onFile((descriptor) => later.fsync(descriptor)),
  fdatasync: onFile((descriptor) => later.fdatasync(descriptor)),
  fstat: onFile(async (descriptor) => statOf(await later.fstat(descriptor, { bigint: true }))),
  read: readFile,
  write: async ({ args: [file, position], body, files }) =>
    files.inTurn(file as StreamId, async (descriptor) => ({ value: await writeAll(descriptor, body, position) })),
  writeFile: async ({ args: [path, flags, mode], body }) => {
    const descriptor = await later.open(pathOf(path), flags as number, mode as number)
    try {
      await writeAll(descriptor, body, null)
    } finally {
      await later.close(descriptor)
    }
    return {}
  },
}

function onPath(work: (path: Path, second: unknown, third: unknown) => Promise<unknown>): Perform {
  return async ({ args: [path, second, third] }) => ({ value: await work(pathOf(path), second, third) })
}

function onFile(work: (descriptor: number, call: FileCall) => Promise<unknown>): Perform {
  return async (call) => {
    const value = await call.files.inTurn(call.args[0] as StreamId, (descriptor) => work(descriptor, call))
    return { value }
  }
}

/** A pipe or a socket is not opened: that would wait for its other end, and is refused to the program. */
async function openFile({ stream, args: [path, flags, mode], files }: FileCall): Promise<CallResult> {
  const found = await later.stat(pathOf(path)).catch(() => undefined)
  if (found?.isFIFO() === true || found?.isSocket() === true) return { value: 'pipe' }
  files.opened(stream, await later.open(pathOf(path), flags as number, mode as number))
  return {}
}

async function readFile({ args: [file, length, position], files }: FileCall): Promise<CallResult> {
  const buffer = Buffer.alloc(length as number)
  return files.inTurn(file as StreamId, async (descriptor) => {
    const { bytesRead } = await later.read(descriptor, buffer, 0, buffer.length, position as number | null)
    return { body: buffer.subarray(0, bytesRead) }
  })
}

/** Returns how much could be written; raises only if nothing could. */
async function writeAll(descriptor: number, body: Uint8Array, position: unknown): Promise<number> {
  let written = 0
  do {
    const at = typeof position === 'number' ? position + written : null
    try {
      written += (await later.write(descriptor, body, written, body.length - written, at)).bytesWritten
    } catch (error) {
      if (written > 0) return written
      throw error
    }
  } while (written < body.length)
  return written
}
