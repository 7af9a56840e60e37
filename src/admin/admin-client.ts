import { request } from 'node:http'
import type { Address } from '../config/index.js'
import { formatAddress } from '../config/index.js'
import { isCode, LlftError, llftError, REGISTRY } from '../errors/index.js'
import type { Report } from '../errors/index.js'
import type { GroupStatus, KillResult } from './group-status.js'

/** A supervisor on this host answers in a millisecond; one that does not in this time is stuck. */
const ANSWER_MS = 5000

/** The command line's side of the admin address. */
export class AdminClient {
  readonly #address: Address
  readonly #token: string

  constructor(address: Address, token: string) {
    this.#address = address
    this.#token = token
  }

  status(): Promise<GroupStatus> {
    return this.#call('GET', '/api/v1/status', '') as Promise<GroupStatus>
  }

  kill(target: string): Promise<KillResult> {
    return this.#call('POST', '/api/v1/kill', JSON.stringify({ target })) as Promise<KillResult>
  }

  async #call(method: string, path: string, body: string): Promise<unknown> {
    const text = await this.#exchange(method, path, body)
    let answer: unknown
    try {
      answer = JSON.parse(text)
    } catch {
      throw this.#unreachable('something else than LLFT answers there')
    }
    const fault = faultOf(answer)
    if (fault !== undefined) throw fault
    return answer
  }

  #exchange(method: string, path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(this.#unreachable(error.message))
      const outgoing = request(
        { ...this.#address, method, path, headers: { authorization: `Bearer ${this.#token}` }, timeout: ANSWER_MS },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => (text += part))
          response.on('end', () => resolve(text))
          response.on('error', fail)
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
      outgoing.on('error', fail)
      outgoing.end(body)
    })
  }

  #unreachable(reason: string): LlftError {
    return llftError('LLFT_E_ADMIN_UNREACHABLE', { address: formatAddress(this.#address), reason })
  }
}

function faultOf(answer: unknown): LlftError | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined
  const { code, what, why, fix } = answer.error as Record<keyof Report, string>
  if (!isCode(code)) return llftError('LLFT_E_BUG', { reason: what })
  const { exit } = REGISTRY[code]
  return new LlftError({ code, what, why, fix }, { exitCode: typeof exit === 'number' ? exit : 1 })
}
