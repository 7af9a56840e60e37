import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Address } from '../config/index.js'
import { formatAddress } from '../config/index.js'
import { isCode, LlftError, llftError, REGISTRY } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { ActionName } from './actions.js'
import { EventReader } from './event-reader.js'
import type { GroupEvent } from './group-event.js'
import type { FailoverResult, GroupStatus, KillResult, ScaleResult, SnapshotResult } from './group-status.js'

/** A supervisor on this host answers in a millisecond; one that does not in this time is stuck. */
const ANSWER_MS = 5000
/** A snapshot starts every replica anew, each bounded by `--guest-start-ms`. */
const SNAPSHOT_MS = 3_700_000
const EVENTS_PATH = '/api/v1/events'

/** The command line's side of the admin address. */
export class AdminClient {
  readonly #address: Address
  readonly #token: string

  constructor(address: Address, token: string) {
    this.#address = address
    this.#token = token
  }

  status(): Promise<GroupStatus> {
    return this.#call('GET /api/v1/status') as Promise<GroupStatus>
  }

  /** The last ones, oldest first. */
  events(): Promise<readonly GroupEvent[]> {
    return this.#call(`GET ${EVENTS_PATH}`) as Promise<readonly GroupEvent[]>
  }

  /** What has happened, then what happens, until the group ends. */
  follow(take: (event: GroupEvent) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#token}`, accept: 'text/event-stream' }
      const fail = (error: Error): void => reject(this.#unreachable(error.message))
      const outgoing = request({ ...this.#address, path: EVENTS_PATH, headers, timeout: ANSWER_MS }, (response) => {
        response.setEncoding('utf8')
        // Nothing may happen for as long as it likes.
        outgoing.setTimeout(0)
        if (response.statusCode !== 200) return this.#refused(response, reject)
        const reader = new EventReader(take)
        response.on('data', (part: string) => reader.push(part))
        // A group that ends hangs up.
        response.once('close', resolve).on('error', () => undefined)
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
      outgoing.on('error', fail)
      outgoing.end()
    })
  }

  kill(target: string): Promise<KillResult> {
    return this.#act('kill', { target }) as Promise<KillResult>
  }

  failover(to: string | undefined): Promise<FailoverResult> {
    return this.#act('failover', { to }) as Promise<FailoverResult>
  }

  remove(target: string): Promise<ScaleResult> {
    return this.#act('remove', { target }) as Promise<ScaleResult>
  }

  add(): Promise<ScaleResult> {
    return this.#act('add', {}) as Promise<ScaleResult>
  }

  snapshot(): Promise<SnapshotResult> {
    return this.#act('snapshot', {}, SNAPSHOT_MS) as Promise<SnapshotResult>
  }

  #act(action: ActionName, body: object, boundMs = ANSWER_MS): Promise<unknown> {
    return this.#call(`POST /api/v1/${action}`, JSON.stringify(body), boundMs)
  }

  async #call(route: `${string} /${string}`, body = '', boundMs = ANSWER_MS): Promise<unknown> {
    const answer = parsed(await this.#exchange(route, body, boundMs))
    if (answer === undefined) throw this.#unreachable('something else than LLFT answers there')
    const fault = faultOf(answer)
    if (fault !== undefined) throw fault
    return answer
  }

  #exchange(route: string, body: string, timeout: number): Promise<string> {
    const [method, path] = route.split(' ')
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(this.#unreachable(error.message))
      const outgoing = request(
        { ...this.#address, method, path, headers: { authorization: `Bearer ${this.#token}` }, timeout },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => (text += part))
          response.on('end', () => resolve(text))
          response.on('error', fail)
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)))
      outgoing.on('error', fail)
      outgoing.end(body)
    })
  }

  #refused(response: IncomingMessage, reject: (error: Error) => void): void {
    let text = ''
    response.on('data', (part: string) => (text += part))
    response.on('end', () => reject(faultIn(text) ?? this.#unreachable('something else than LLFT answers there')))
  }

  #unreachable(reason: string): LlftError {
    return llftError('LLFT_E_ADMIN_UNREACHABLE', { address: formatAddress(this.#address), reason })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function faultIn(text: string): LlftError | undefined {
  return faultOf(parsed(text))
}

function faultOf(answer: unknown): LlftError | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined
  const { code, what, why, fix } = answer.error as Record<keyof Report, string>
  if (!isCode(code)) return llftError('LLFT_E_BUG', { reason: what })
  const { exit } = REGISTRY[code]
  return new LlftError({ code, what, why, fix }, { exitCode: typeof exit === 'number' ? exit : 1 })
}
