import { type ContextFrames, contextFrames } from './versions.js'

/**
 * Node's internals as the facilities at the edge use them: the bindings whose members they replace (each is an object
 * that Node's own library looks its members up in, so a replaced member is seen by everything loaded later), and a few
 * functions of Node's internal modules.
 */
export interface EdgeInternals {
  /**
   * A binding as Node's library sees it. Members are functions and constants; never captured before they are
   * replaced.
   */
  binding(name: BindingName): Binding
  /** Not all versions have all. */
  bindingIfAny(name: BindingName): Binding | undefined
  /** A JavaScript module of Node's own, loaded as late as possible. */
  readonly module: Doors['module']
  /** Loads `net` for the program, on the replaced handles. */
  net(): { readonly Socket: unknown }
  readonly streamState: StreamState
  readonly asyncScope: AsyncScope
  readonly errno: Errno
  /** By errno: the code, and what it means. */
  readonly errorNames: ReadonlyMap<number, readonly [code: string, description: string]>
  readonly ownerSymbol: symbol
  readonly asyncIdSymbol: symbol
  /** Where a socket keeps the HTTP/2 session that is bound to it. */
  readonly sessionSymbol: symbol
  /** Where C++ keeps the source line of an error's origin, and whether the error's text has it already. */
  readonly arrowMessageSymbol: symbol
  readonly decoratedSymbol: symbol
  readonly signals: Readonly<Record<string, number>>
  /** Flags of `open`. */
  readonly openFlags: Readonly<
    Record<'O_WRONLY' | 'O_RDWR' | 'O_CREAT' | 'O_TRUNC' | 'O_APPEND' | 'O_NONBLOCK', number>
  >
  /** What Node appends to the text of a fatal error: where it was emitted, its further properties. */
  readonly fatalEnhancers: FatalEnhancers
  /** Makes the text of a stack; respects `Error.prepareStackTrace`. */
  readonly prepareStackTrace: PrepareStackTrace
  /** What runs later: captured before the program could replace it. */
  readonly later: Later
}

export type BindingName =
  | 'cares_wrap'
  | 'crypto'
  | 'errors'
  | 'ffi'
  | 'fs'
  | 'fs_dir'
  | 'fs_event_wrap'
  | 'heap_utils'
  | 'http2'
  | 'http_parser'
  | 'inspector'
  | 'js_stream'
  | 'locks'
  | 'messaging'
  | 'os'
  | 'pipe_wrap'
  | 'process_wrap'
  | 'report'
  | 'signal_wrap'
  | 'spawn_sync'
  | 'sqlite'
  | 'stream_pipe'
  | 'stream_wrap'
  | 'tcp_wrap'
  | 'tls_wrap'
  | 'tty_wrap'
  | 'udp_wrap'
  | 'wasi'
  | 'webstorage'
  | 'worker'
  | 'zlib'

export type Binding = Record<string, unknown>
/** A function of Node as it is called: with a receiver and whatever arguments. */
export type NativeFunction = (this: unknown, ...parameters: unknown[]) => unknown
export type NativeClass = new (...parameters: unknown[]) => object

/** The registers through which a stream handle hands over the result of a read or a write (determinizer.md B1). */
export interface StreamState {
  readonly registers: Int32Array
  readonly readBytesOrError: number
  readonly arrayBufferOffset: number
  readonly bytesWritten: number
  readonly lastWriteWasAsync: number
  /** Read from Node 26 on, where a write waits. */
  readonly lastWriteError: number
}

export interface AsyncScope {
  defaultTriggerAsyncId(): number
  emitInit(asyncId: number, type: string, triggerAsyncId: number, resource: object): void
  emitBefore(asyncId: number, triggerAsyncId: number, resource: object): void
  emitAfter(asyncId: number): void
  emitDestroy(asyncId: number): void
  readonly frames: ContextFrames
}

export interface Errno {
  readonly UV_EOF: number
  readonly UV_EPIPE: number
  readonly UV_ECANCELED: number
  readonly UV_ECONNREFUSED: number
  readonly UV_ECONNRESET: number
  readonly UV_ENOTCONN: number
  readonly UV_EINVAL: number
  readonly UV_ESRCH: number
  readonly UV_EBADF: number
  readonly UV_EMSGSIZE: number
}

export interface FatalEnhancers {
  beforeInspector(error: object): unknown
  afterInspector(error: object): unknown
}

export type PrepareStackTrace = (realm: unknown, error: unknown, frames: readonly NodeJS.CallSite[]) => unknown

export interface Later {
  nextTick(call: () => void): void
  setImmediate(call: () => void): unknown
}

/** What opens bindings and modules of Node, as `internals.ts` does. */
export interface Doors {
  readonly binding: <Shape>(name: string) => Shape
  readonly module: <Shape>(name: string) => Shape
}

interface PrivateSymbols {
  readonly arrow_message_private_symbol: symbol
  readonly decorated_private_symbol: symbol
}

interface ErrorsModule {
  readonly fatalExceptionStackEnhancers: FatalEnhancers
  readonly prepareStackTraceCallback: PrepareStackTrace
}

export function edgeInternals(doors: Doors): EdgeInternals {
  const stream = doors.binding<Binding>('stream_wrap')
  const symbols = doors.binding<Binding>('symbols')
  const constants = doors.binding<{ os: { signals: EdgeInternals['signals'] }; fs: EdgeInternals['openFlags'] }>(
    'constants',
  )
  const { privateSymbols } = doors.binding<{ privateSymbols: PrivateSymbols }>('util')
  const errors = doors.module<ErrorsModule>('internal/errors')
  return {
    binding: (name) => doors.binding<Binding>(name),
    bindingIfAny(name) {
      try {
        return doors.binding<Binding>(name)
      } catch {
        return undefined
      }
    },
    module: doors.module,
    net: () => doors.module('net'),
    streamState: {
      registers: stream['streamBaseState'] as Int32Array,
      readBytesOrError: stream['kReadBytesOrError'] as number,
      arrayBufferOffset: stream['kArrayBufferOffset'] as number,
      bytesWritten: stream['kBytesWritten'] as number,
      lastWriteWasAsync: stream['kLastWriteWasAsync'] as number,
      lastWriteError: stream['kLastWriteErr'] as number,
    },
    asyncScope: asyncScope(doors),
    errno: doors.binding<Errno>('uv'),
    errorNames: doors.binding<{ getErrorMap(): EdgeInternals['errorNames'] }>('uv').getErrorMap(),
    ownerSymbol: symbols['owner_symbol'] as symbol,
    asyncIdSymbol: symbols['async_id_symbol'] as symbol,
    sessionSymbol: doors.module<{ kBoundSession: symbol }>('internal/stream_base_commons').kBoundSession,
    arrowMessageSymbol: privateSymbols.arrow_message_private_symbol,
    decoratedSymbol: privateSymbols.decorated_private_symbol,
    signals: constants.os.signals,
    openFlags: constants.fs,
    fatalEnhancers: errors.fatalExceptionStackEnhancers,
    prepareStackTrace: errors.prepareStackTraceCallback,
    later: later(doors),
  }
}

function asyncScope(doors: Doors): AsyncScope {
  const hooks = doors.module<AsyncScope & { getDefaultTriggerAsyncId(): number }>('internal/async_hooks')
  return {
    defaultTriggerAsyncId: hooks.getDefaultTriggerAsyncId,
    emitInit: hooks.emitInit,
    emitBefore: hooks.emitBefore,
    emitAfter: hooks.emitAfter,
    emitDestroy: hooks.emitDestroy,
    frames: contextFrames(doors.module),
  }
}

function later(doors: Doors): Later {
  const timers = doors.module<{ setImmediate: (call: () => void) => unknown }>('timers')
  const { nextTick } = process
  return { nextTick: (call) => nextTick(call), setImmediate: timers.setImmediate }
}
