import type { Locator } from '../message/index.js'

const PORT_RANGE = 65536
const ADDRESS_PATTERN = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/

export const LOOPBACK = '127.0.0.1'

export interface Endpoint {
  /** IPv4, dotted. */
  readonly address: string
  readonly port: number
}

export function locatorOf(endpoint: Endpoint): Locator {
  const locator = parseLocator(`${endpoint.address}:${endpoint.port}`)
  if (locator === undefined) throw new RangeError(`not an IPv4 endpoint: ${endpoint.address}:${endpoint.port}`)
  return locator
}

/** Reads `a.b.c.d:port`; undefined for anything else. */
export function parseLocator(text: string): Locator | undefined {
  const match = ADDRESS_PATTERN.exec(text)
  if (match === null) return undefined
  const [a = 0, b = 0, c = 0, d = 0, port = 0] = match.slice(1).map(Number)
  if (Math.max(a, b, c, d) > 255 || port >= PORT_RANGE) return undefined
  return ((((a * 256 + b) * 256 + c) * 256 + d) * PORT_RANGE + port) as Locator
}

export function endpointOf(locator: Locator): Endpoint {
  const address = Math.floor(locator / PORT_RANGE)
  const octets = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255]
  return { address: octets.join('.'), port: locator % PORT_RANGE }
}

export function formatLocator(locator: Locator): string {
  const { address, port } = endpointOf(locator)
  return `${address}:${port}`
}

/** Enough for every member and peer of a service group; beyond it all are worked out again. */
const ENDPOINTS_REMEMBERED_MAX = 1024

/** Remembers the text of addresses: a send needs it for every datagram. */
export class EndpointMemory {
  readonly #known = new Map<Locator, Endpoint>()

  of(locator: Locator): Endpoint {
    const known = this.#known.get(locator)
    if (known !== undefined) return known
    if (this.#known.size >= ENDPOINTS_REMEMBERED_MAX) this.#known.clear()
    const endpoint = endpointOf(locator)
    this.#known.set(locator, endpoint)
    return endpoint
  }
}
