import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatAddress } from '../config/index.js'
import type { Address } from '../config/index.js'
import { llftError, LlftError, report } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import { ACTIONS, bodyIn, BodyFault } from './actions.js'
import type { ActionName } from './actions.js'
import type { AdminDesk } from './admin-desk.js'
import { streamEvents } from './event-stream.js'

/** How many ports after the first are tried: as many groups as one host will run side by side. */
const PORTS_TRIED = 32
/** Who follows events: more are a program that forgets to hang up. */
const FOLLOWERS_MAX = 64
const EVENTS_ROUTE = 'GET /api/v1/events'
const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[]
/** `{"target":"primary"}` and some room. */
const BODY_BYTES_MAX = 1024

export interface AdminTerms {
  readonly address: Address
  /** The address was asked for: no other port is tried. */
  readonly fixed: boolean
  readonly token: string
}

/** Status and actions over HTTP; actions and readers from other hosts need the token. */
export class AdminServer {
  readonly #terms: AdminTerms
  readonly #server: Server
  #address: Address
  #followers = 0

  constructor(terms: AdminTerms) {
    this.#terms = terms
    this.#address = terms.address
    this.#server = createServer()
  }

  /** Resolves with the address that was free. */
  async open(): Promise<Address> {
    const { host, port } = this.#terms.address
    const last = this.#terms.fixed || port === 0 ? port : port + PORTS_TRIED - 1
    for (let candidate = port; candidate <= last; candidate++) {
      const error = await this.#listen({ host, port: candidate })
      if (error === undefined) {
        this.#address = { host, port: (this.#server.address() as AddressInfo).port }
        return this.#address
      }
      if (this.#terms.fixed || error.code !== 'EADDRINUSE') {
        const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message
        throw llftError('LLFT_E_ADMIN_PORT_TAKEN', { address: formatAddress({ host, port: candidate }), reason })
      }
    }
    throw llftError('LLFT_E_ADMIN_NO_FREE_PORT', { first: port, last })
  }

  /** Answers from now on. */
  serve(desk: AdminDesk): void {
    this.#server.on('request', (request, response) => void this.#answer(desk, request, response))
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #listen(address: Address): Promise<NodeJS.ErrnoException | undefined> {
    this.#server.listen(address)
    try {
      await once(this.#server, 'listening')
      return undefined
    } catch (error) {
      return error as NodeJS.ErrnoException
    }
  }

  async #answer(desk: AdminDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (isStreamRequest(request)) return this.#follow(desk, request, response)
      reply(response, 200, await this.#perform(desk, request))
    } catch (error) {
      if (error instanceof HttpFault) reply(response, error.status, { error: error.report })
      else if (error instanceof BodyFault) reply(response, 400, { error: requestFault(error.message) })
      else if (error instanceof LlftError) reply(response, 409, { error: publicPart(error) })
      else reply(response, 500, { error: report('LLFT_E_BUG', { reason: String(error) }) })
    }
  }

  /** Whoever has seen some of it says so as browsers do. */
  #follow(desk: AdminDesk, request: IncomingMessage, response: ServerResponse): void {
    if (!fromThisHost(request)) this.#authorise(request)
    if (this.#followers >= FOLLOWERS_MAX) {
      throw new HttpFault(503, requestFault(`${FOLLOWERS_MAX} others follow already`))
    }
    this.#followers++
    response.once('close', () => this.#followers--)
    const seen = Number(request.headers['last-event-id'])
    streamEvents(desk.events, Number.isSafeInteger(seen) ? seen : 0, response)
  }

  async #perform(desk: AdminDesk, request: IncomingMessage): Promise<object> {
    const route = routeOf(request)
    if (route === 'GET /api/v1/status') {
      if (!fromThisHost(request)) this.#authorise(request)
      return desk.status()
    }
    if (route === EVENTS_ROUTE) {
      if (!fromThisHost(request)) this.#authorise(request)
      return desk.events.recent
    }
    const action = ACTION_NAMES.find((name) => route === `POST /api/v1/${name}`)
    if (action !== undefined) {
      this.#authorise(request)
      return ACTIONS[action](desk, bodyIn(await bodyOf(request)))
    }
    throw new HttpFault(404, requestFault(`there is no ${route}`))
  }

  #authorise(request: IncomingMessage): void {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${this.#terms.token}`)
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return
    throw new HttpFault(401, report('LLFT_E_ADMIN_TOKEN', { address: formatAddress(this.#address) }))
  }
}

class HttpFault extends Error {
  readonly status: number
  readonly report: Report

  constructor(status: number, fault: Report) {
    super(fault.what)
    this.status = status
    this.report = fault
  }
}

function routeOf({ method, url }: IncomingMessage): string {
  return `${method} ${url?.split('?')[0]}`
}

function isStreamRequest(request: IncomingMessage): boolean {
  return routeOf(request) === EVENTS_ROUTE && request.headers.accept?.includes('text/event-stream') === true
}

/** The peer is local and the page that asks, if it is one, was not loaded under a foreign name (DNS rebinding). */
function fromThisHost(request: IncomingMessage): boolean {
  const remote = request.socket.remoteAddress ?? ''
  const local = remote === '::1' || /^(::ffff:)?127\./.test(remote)
  return local && /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  request.setEncoding('utf8')
  for await (const part of request) {
    body += part as string
    if (body.length > BODY_BYTES_MAX) {
      throw new HttpFault(413, requestFault('the body is too long'))
    }
  }
  return body
}

function requestFault(reason: string): Report {
  return report('LLFT_E_ADMIN_REQUEST', { reason })
}

function publicPart({ code, what, why, fix }: LlftError): Report {
  return { code, what, why, fix }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}
