import type { Socket } from 'node:net'
import type { EdgeTerms } from './edge-terms.js'
import type { OutputFd } from './output.js'
import { InputHandle, OutputHandle } from './stdio-handle.js'

/** The parts of a socket that Node sets up for the standard streams. */
interface StandardStream extends Socket {
  fd: number
  _type: string
  _isStdio: boolean
  _writableState: { ended: boolean; emitClose: boolean }
  _readableState: { reading: boolean }
  _handle: InputHandle | null
  _destroy(error: Error | null, called: (error: Error | null) => void): void
  _undestroy(): void
}

type SocketClass = new (options: {
  readonly handle: object
  readonly readable: boolean
  readonly writable: boolean
  readonly manualStart?: boolean
}) => StandardStream

/**
 * `process.stdout`, `stderr` and `stdin` are what they are when the process is started with pipes, whatever its real
 * descriptors are: sockets on handles of ours (determinizer.md A11).
 */
export function installStdio(terms: EdgeTerms): void {
  const socketClass = (): SocketClass => terms.internals.net().Socket as SocketClass
  const createOutput = (fd: OutputFd): StandardStream =>
    outputStream(new (socketClass())({ handle: new OutputHandle(terms, fd), readable: false, writable: true }), fd)
  defineStream('stdout', () => createOutput(1))
  defineStream('stderr', () => createOutput(2))
  defineStream('stdin', () => {
    const options = { handle: new InputHandle(terms), readable: true, writable: false, manualStart: true }
    return inputStream(new (socketClass())(options))
  })
  const tty = terms.internals.binding('tty_wrap')
  const realIsTty = tty['isTTY'] as (fd: number) => boolean
  tty['isTTY'] = (fd: number): boolean => !terms.operations.inside && realIsTty(fd)
}

function defineStream(name: 'stdin' | 'stdout' | 'stderr', create: () => StandardStream): void {
  let stream: StandardStream | undefined
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => (stream ??= create()),
  })
}

function outputStream(stream: StandardStream, fd: OutputFd): StandardStream {
  stream._type = 'pipe'
  stream.fd = fd
  stream._isStdio = true
  stream.destroySoon = stream.destroy
  // As in Node: destroying does not close, and can be done again.
  stream._destroy = function (this: StandardStream, error, called) {
    called(error)
    this._undestroy()
    if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'))
  }
  return stream
}

function inputStream(stream: StandardStream): StandardStream {
  stream.fd = 0
  stream._writableState.ended = true
  // As in Node: it does not read until somebody listens, and stops when nobody does, so that the process can end.
  const stop = (): void => {
    const handle = stream._handle
    if (handle === null || !handle.reading || stream.readableFlowing === true) return
    stream._readableState.reading = false
    handle.reading = false
    handle.readStop()
  }
  stream.on('pause', () => process.nextTick(stop))
  return stream
}
