import { Agent as HttpAgent, request as requestPlain } from 'node:http'
import type { Agent } from 'node:http'
import { Agent as HttpsAgent, request as requestSecure } from 'node:https'
import type { Address, Loaded, LoadTerms } from './load.js'

const CONNECTIONS = 4
const ROUNDS_EACH = 6
/** What a page that streams for ever does not end within is left there. */
const ANSWER_MS = 3000

const REQUESTS = [
  { method: 'GET', path: '/' },
  { method: 'HEAD', path: '/' },
  { method: 'GET', path: '/favicon.ico' },
  { method: 'GET', path: '/llft-check?page=1' },
] as const

export async function requestHttp(scheme: 'http' | 'https', address: Address, terms: LoadTerms): Promise<Loaded> {
  const endMs = performance.now() + terms.boundMs
  let [requests, answered] = [0, 0]
  const client = async (): Promise<void> => {
    // A connection of its own, which is kept.
    const options = { keepAlive: true, maxSockets: 1, rejectUnauthorized: false }
    const agent = scheme === 'http' ? new HttpAgent(options) : new HttpsAgent(options)
    const request = scheme === 'http' ? requestPlain : requestSecure
    for (let round = 0; round < ROUNDS_EACH; round++) {
      for (const asked of REQUESTS) {
        if (terms.signal.aborted || performance.now() > endMs) break
        requests++
        if (await isAnswered(request, { ...address, ...asked, agent, signal: terms.signal })) answered++
      }
    }
    agent.destroy()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  const paths = REQUESTS.map(({ method, path }) => `${method} ${path}`).join(', ')
  const url = `${scheme}://${address.host}:${address.port}`
  return {
    what: `built in, ${paths} on ${CONNECTIONS} connections to ${url}`,
    did: `${answered}/${requests} requests answered`,
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly port: number
  readonly agent: Agent
  readonly signal: AbortSignal
}

function isAnswered(request: typeof requestPlain, asked: Asked): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ ...asked, timeout: ANSWER_MS }, (response) => {
      const bound = setTimeout(() => response.destroy(), ANSWER_MS)
      response.resume()
      response.on('error', () => undefined)
      response.on('close', () => {
        clearTimeout(bound)
        resolve(response.complete)
      })
    })
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => resolve(false))
    outgoing.end()
  })
}
