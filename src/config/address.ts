import { llftError } from '../errors/index.js'

/** Where something listens. `host` has no brackets around an IPv6 address. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** One of the program's ports, opened at another address than the program asks for. */
export interface ListenMapping {
  /** What the program listens on. */
  readonly appPort: number
  /** Where the gateway opens it; port 0 takes any free one. */
  readonly public: Address
}

const PORT_MAX = 65_535

/** `host:port`; an IPv6 host stands in brackets. `origin` is what the user wrote it with, for the error. */
export function parseAddress(text: string, origin: string): Address {
  const { host, port } = splitAddress(text, { value: text, origin, example: '127.0.0.1:7700 or [::1]:7700' })
  return { host, port }
}

/** `host:port[=appPort]`; without `=appPort` the program's own port number is the same. */
export function parseListen(text: string, origin: string): ListenMapping {
  const complaint = { value: text, origin, example: '0.0.0.0:8080=3000 to open port 3000 of the program as 8080' }
  const at = text.indexOf('=')
  const address = splitAddress(at === -1 ? text : text.slice(0, at), complaint)
  const appPort = at === -1 ? address.port : portOf(text.slice(at + 1), complaint)
  if (appPort === 0) throw bad('a mapping names the port that the program listens on, and that is not 0', complaint)
  return { appPort, public: address }
}

export function formatAddress(address: Address): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `${host}:${address.port}`
}

export function formatListen(mapping: ListenMapping): string {
  return `${formatAddress(mapping.public)}=${mapping.appPort}`
}

export function isIpv4(host: string): boolean {
  const octets = host.split('.')
  return octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)
}

interface Complaint {
  readonly value: string
  readonly origin: string
  readonly example: string
}

function splitAddress(text: string, complaint: Complaint): Address {
  const parts = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<name>[\w.-]+)):(?<port>[^:]*)$/i.exec(text)?.groups
  if (parts === undefined) throw bad('it must be a host, a colon and a port', complaint)
  const host = parts['v6'] ?? parts['name'] ?? ''
  return { host, port: portOf(parts['port'] ?? '', complaint) }
}

function portOf(text: string, complaint: Complaint): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : PORT_MAX + 1
  if (port > PORT_MAX) throw bad(`a port is a whole number from 0 to ${PORT_MAX}`, complaint)
  return port
}

function bad(reason: string, complaint: Complaint): Error {
  return llftError('LLFT_E_USAGE_ADDRESS', { ...complaint, reason })
}
