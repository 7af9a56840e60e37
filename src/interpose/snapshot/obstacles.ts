import type { EdgeInternals } from '../edge-internals.js'
import type { EdgeTerms } from '../edge-terms.js'
import type { Parser } from '../http-messages.js'
import { sessionOf } from '../session-of.js'
import { TcpClient } from '../tcp-client.js'
import { TcpStream } from '../tcp-stream.js'
import type { Upgrades } from './upgrades.js'

/** `net.Socket`, with what `http` puts on it. */
interface Socket {
  readonly readableLength?: number
  readonly writableLength?: number
  /** The response that is being written. */
  readonly _httpMessage?: object | null
  readonly parser?: Parser | null
}

/** The connections of clients, in the order in which they came. */
export function clientsOf({ handles }: EdgeTerms): readonly TcpStream[] {
  const streams = handles.all.filter((handle) => handle instanceof TcpStream)
  return streams.filter((stream) => !(stream instanceof TcpClient || stream.gone))
}

/**
 * Why the program cannot be moved now, in words for whoever asked; equal at every replica. Undefined: no client has
 * said something that was not read to its end, or waits for something that was begun.
 */
export function obstacleOf(terms: EdgeTerms, upgrades: Upgrades): string | undefined {
  if (terms.threads.order.hasWorkers) return 'worker threads run'
  const clients = clientsOf(terms)
  for (const stream of clients) {
    const obstacle = ofStream(terms.internals, stream) ?? upgrades.of(stream)?.obstacle
    if (obstacle !== undefined) return obstacle
  }
  const heard = clients.filter(({ bytesRead }) => bytesRead > 0)
  const parsers = heard.flatMap((stream) => socketOf(terms.internals, stream).parser ?? [])
  return terms.messages.anyReads(parsers) ? 'a request is half read' : undefined
}

function ofStream(internals: EdgeInternals, stream: TcpStream): string | undefined {
  if (sessionOf(internals, stream.facade ?? stream) !== undefined) return 'HTTP/2 connections cannot be moved'
  const socket = socketOf(internals, stream)
  if (stream.unread || (socket.readableLength ?? 0) > 0) return 'bytes of a client are not read'
  if ((socket._httpMessage ?? null) !== null) return 'a response is not finished'
  if (stream.writeQueueSize > 0 || (socket.writableLength ?? 0) > 0) return 'bytes for a client wait'
  return stream.ending ? 'a connection is about to end' : undefined
}

function socketOf({ ownerSymbol }: EdgeInternals, stream: TcpStream): Socket {
  return (Reflect.get(stream.facade ?? stream, ownerSymbol) as Socket | null | undefined) ?? {}
}
