import type { LeaseAnswer, LeaseStore } from './lease-store.js'

export interface EtcdTerms {
  /** Base addresses of its members; the first that answers is used. */
  readonly urls: readonly string[]
  readonly group: string
  /** What the holder is called; no two are called alike. */
  readonly holder: string
  readonly ttlMs: number
  readonly clockDriftMs: number
  /** All members together may take so long. */
  readonly timeoutMs: number
}

interface KeyValue {
  readonly value?: string
  readonly lease?: string
}

/**
 * A lease in etcd: a key with the holder's name, which etcd deletes when nobody has kept its own lease alive for as
 * long as ours lasts and clocks may be wrong. Spoken through etcd's JSON gateway.
 */
export class EtcdStore implements LeaseStore {
  readonly kind = 'lease'
  readonly voters: undefined = undefined
  readonly #terms: EtcdTerms
  readonly #key: string
  /** Stays: who held the lease last. */
  readonly #lastKey: string
  readonly #value: string
  /** The id of etcd's lease, a number that does not fit one of ours. */
  #lease: string | undefined
  /** This holder has had the lease: it gets it again only if nobody else has had it since. */
  #had = false
  /** The member that answered last. */
  #member = 0

  constructor(terms: EtcdTerms) {
    this.#terms = terms
    this.#key = base64(`/llft/${terms.group}/lease`)
    this.#lastKey = base64(`/llft/${terms.group}/last`)
    this.#value = base64(terms.holder)
  }

  get name(): string {
    return `etcd at ${this.#terms.urls.join(', ')}`
  }

  async ask(): Promise<LeaseAnswer> {
    if (this.#lease !== undefined && (await this.#keepAlive(this.#lease))) {
      const present = await this.#read(this.#key)
      if (present?.value === this.#value && present.lease === this.#lease) return { granted: true }
      // Somebody has deleted the key, or has taken it since.
      if (present !== undefined) return { granted: false, holder: text(present.value) }
    }
    this.#lease = undefined
    return this.#take()
  }

  async release(): Promise<void> {
    if (this.#lease !== undefined) await this.#post('lease/revoke', { ID: this.#lease })
    this.#lease = undefined
  }

  async #keepAlive(lease: string): Promise<boolean> {
    const { result } = (await this.#post('lease/keepalive', { ID: lease })) as { result?: { TTL?: string } }
    return Number(result?.TTL ?? 0) > 0
  }

  async #read(key: string): Promise<KeyValue | undefined> {
    const { kvs } = (await this.#post('kv/range', { key })) as { kvs?: readonly KeyValue[] }
    return kvs?.[0]
  }

  async #take(): Promise<LeaseAnswer> {
    const { ttlMs, clockDriftMs } = this.#terms
    const TTL = String(Math.ceil((ttlMs + clockDriftMs) / 1000))
    const { ID: lease } = (await this.#post('lease/grant', { TTL })) as { ID?: string }
    if (lease === undefined) throw new Error('it granted no lease')
    const { succeeded } = (await this.#post('kv/txn', {
      compare: [
        { key: this.#key, target: 'CREATE', result: 'EQUAL', create_revision: '0' },
        ...(this.#had ? [{ key: this.#lastKey, target: 'VALUE', result: 'EQUAL', value: this.#value }] : []),
      ],
      success: [
        { request_put: { key: this.#key, value: this.#value, lease } },
        { request_put: { key: this.#lastKey, value: this.#value } },
      ],
    })) as { succeeded?: boolean }
    if (succeeded === true) {
      this.#had = true
      this.#lease = lease
      return { granted: true }
    }
    await this.#post('lease/revoke', { ID: lease })
    const present = await this.#read(this.#key)
    // The answer to an earlier request of ours was lost, and what it asked for was done.
    if (present?.value === this.#value && present.lease !== undefined && (await this.#keepAlive(present.lease))) {
      this.#had = true
      this.#lease = present.lease
      return { granted: true }
    }
    return { granted: false, holder: text((present ?? (await this.#read(this.#lastKey)))?.value) }
  }

  async #post(path: string, body: object): Promise<unknown> {
    const { urls, timeoutMs } = this.#terms
    let failure = new Error('it has no address')
    for (let tried = 0; tried < urls.length; tried++) {
      const url = urls[this.#member] as string
      try {
        return await answerOf(`${url}/v3/${path}`, body, timeoutMs / urls.length)
      } catch (error) {
        failure = new Error(`${url}: ${reasonOf(error)}`)
        this.#member = (this.#member + 1) % urls.length
      }
    }
    throw failure
  }
}

async function answerOf(url: string, body: object, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal })
  const answer: unknown = await response.json()
  // A lease that has run out is an answer like any other.
  if (response.ok || response.status === NOT_FOUND) return answer
  throw new Error(`HTTP status ${response.status}: ${JSON.stringify(answer).slice(0, ANSWER_SHOWN)}`)
}

const NOT_FOUND = 404
const ANSWER_SHOWN = 200

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64')
}

function text(value: string | undefined): string {
  return value === undefined ? 'nobody' : Buffer.from(value, 'base64').toString()
}
