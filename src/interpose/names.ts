import { GROUP } from '../message/index.js'
import type { NameAnswer, NameFailure, NameQuestion, QuestionId } from '../message/index.js'
import { AsyncPlace } from './async-place.js'
import type { Binding, NativeClass, NativeFunction } from './edge-internals.js'
import type { EdgeTerms } from './edge-terms.js'
import { replaceFunction } from './replace.js'

/** The requests of Node's library, which call back with what `cares_wrap` would give. */
interface NameRequest {
  getAsyncId(): number
  oncomplete(error: number | string | null, ...found: readonly unknown[]): void
}

type CallBack = (request: NameRequest, answer: NameAnswer) => void

/** Who asked, and what to do with the answer. */
interface Asking {
  readonly request: NameRequest
  readonly callBack: CallBack
  /** The channel of a `Resolver`. */
  readonly channel?: object
}

interface Asked {
  /** The channel of a `Resolver`, which can be told to give up. */
  readonly channel: unknown
  readonly settle: (answer: NameAnswer) => void
}

/** Of `ChannelWrap`, and what answers it. */
const QUERIES: Readonly<Record<string, string>> = {
  queryA: 'resolve4',
  queryAaaa: 'resolve6',
  queryAny: 'resolveAny',
  queryCaa: 'resolveCaa',
  queryCname: 'resolveCname',
  queryMx: 'resolveMx',
  queryNaptr: 'resolveNaptr',
  queryNs: 'resolveNs',
  queryPtr: 'resolvePtr',
  querySoa: 'resolveSoa',
  querySrv: 'resolveSrv',
  queryTlsa: 'resolveTlsa',
  queryTxt: 'resolveTxt',
  getHostByAddr: 'reverse',
}
const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'] as const
/** Nobody could be asked. */
const NO_ANSWER: NameFailure = { code: 'ECONNREFUSED', errno: undefined }
const GIVEN_UP: NameFailure = { code: 'ECANCELLED', errno: undefined }
/** `EAI_AGAIN` of libuv, for a failure that has no number. */
const UV_EAI_AGAIN = -3001

/**
 * What the program asks about names is asked once, at the gateway, which also connects; the answer is an ordered
 * message. `localhost` and addresses are looked up here: they are in every hosts file.
 */
export function installNames(terms: EdgeTerms): void {
  const { operations } = terms
  const binding = terms.internals.binding('cares_wrap')
  const questions = new Questions(terms)
  const lookup = binding['getaddrinfo'] as NativeFunction
  replaceFunction(binding, 'getaddrinfo', (...parameters: readonly unknown[]): unknown => {
    const [request, name, family, hints, order] = parameters as [NameRequest, string, 0 | 4 | 6, number, unknown]
    if (!operations.inside || name === 'localhost' || /^[\d.]+$|:/.test(name)) return lookup(...parameters)
    const question = { ask: 'lookup', name, family, hints, order: orderOf(order) } as const
    return questions.ask(question, { request, callBack: addresses })
  })
  const service = binding['getnameinfo'] as NativeFunction
  replaceFunction(binding, 'getnameinfo', (...parameters: readonly unknown[]): unknown => {
    const [request, address, port] = parameters as [NameRequest, string, number]
    if (!operations.inside) return service(...parameters)
    return questions.ask({ ask: 'service', address, port }, { request, callBack: hostAndService })
  })
  installChannel(terms, (binding['ChannelWrap'] as NativeClass).prototype as Binding, questions)
}

function installChannel({ operations }: EdgeTerms, channel: Binding, questions: Questions): void {
  const servers = new WeakMap<object, readonly string[]>()
  for (const [name, method] of Object.entries(QUERIES)) {
    const real = channel[name] as NativeFunction | undefined
    if (real === undefined) continue
    replaceFunction(channel, name, function (this: object, ...parameters: readonly unknown[]): unknown {
      if (!operations.inside) return Reflect.apply(real, this, parameters)
      const [request, asked] = parameters as [NameRequest, string]
      const question = { ask: 'records', method, name: asked, servers: servers.get(this) } as const
      return questions.ask(question, { request, callBack: records, channel: this })
    })
  }
  const setServers = channel['setServers'] as NativeFunction
  replaceFunction(channel, 'setServers', function (this: object, ...parameters: readonly unknown[]): unknown {
    const [list] = parameters as [readonly (readonly [family: number, address: string, port: number])[]]
    if (operations.inside) {
      servers.set(
        this,
        list.map(([family, address, port]) => (family === 6 ? `[${address}]:${port}` : `${address}:${port}`)),
      )
    }
    return Reflect.apply(setServers, this, parameters)
  })
  const cancel = channel['cancel'] as NativeFunction
  replaceFunction(channel, 'cancel', function (this: object, ...parameters: readonly unknown[]): unknown {
    if (operations.inside) questions.giveUp(this)
    return Reflect.apply(cancel, this, parameters)
  })
}

class Questions {
  readonly #terms: EdgeTerms
  /** Bounded by what the program asks at one time. */
  readonly #asked = new Map<QuestionId, Asked>()
  #last: QuestionId = 0
  #connected = true

  constructor(terms: EdgeTerms) {
    this.#terms = terms
    const { operations } = terms
    operations.onFrame(GROUP.gateway, (frame) => {
      if (frame.frame === 'resolved') this.#answer(frame.question, JSON.parse(frame.json) as NameAnswer)
    })
    operations.onPeerChange(
      GROUP.gateway,
      () => {
        this.#connected = false
        for (const question of this.#asked.keys()) this.#fail(question, NO_ANSWER)
      },
      () => {
        this.#connected = true
      },
    )
  }

  /** 0: it was asked, and `request` is called back later. */
  ask(question: NameQuestion, { request, callBack, channel }: Asking): 0 {
    const { operations, internals } = this.#terms
    const number = ++this.#last
    const place = new AsyncPlace(internals.asyncScope, { asyncId: request.getAsyncId(), resource: request })
    this.#asked.set(number, {
      channel,
      settle: (answer) => place.enter(() => callBack(request, answer)),
    })
    operations.holdOpen(1)
    if (this.#connected) {
      operations.submit(GROUP.gateway, { frame: 'resolve', question: number, json: JSON.stringify(question) })
    } else this.#fail(number, NO_ANSWER)
    return 0
  }

  giveUp(channel: object): void {
    for (const [question, asked] of this.#asked) if (asked.channel === channel) this.#fail(question, GIVEN_UP)
  }

  #fail(question: QuestionId, failure: NameFailure): void {
    this.#terms.internals.later.nextTick(() => this.#answer(question, { failure }))
  }

  #answer(question: QuestionId, answer: NameAnswer): void {
    const asked = this.#asked.get(question)
    if (asked === undefined) return
    this.#asked.delete(question)
    this.#terms.operations.holdOpen(-1)
    asked.settle(answer)
  }
}

function addresses(request: NameRequest, { failure, found }: NameAnswer): void {
  if (failure === undefined) request.oncomplete(null, found)
  else request.oncomplete(failure.errno ?? UV_EAI_AGAIN)
}

function hostAndService(request: NameRequest, { failure, found }: NameAnswer): void {
  if (failure !== undefined) return request.oncomplete(failure.errno ?? UV_EAI_AGAIN)
  const { hostname, service } = found as { readonly hostname: string; readonly service: string }
  request.oncomplete(null, hostname, service)
}

/** Addresses come with how long they are good for, as two lists. */
function records(request: NameRequest, { failure, found }: NameAnswer): void {
  if (failure !== undefined) return request.oncomplete(failure.code)
  const list = found as readonly { readonly address?: string; readonly ttl?: number; readonly type?: string }[]
  const timed = Array.isArray(list) && list.every(({ address, ttl, type }) => address && ttl !== undefined && !type)
  if (!timed) return request.oncomplete(null, found)
  const parts = [list.map(({ address }) => address), list.map(({ ttl }) => ttl)]
  request.oncomplete(null, ...parts)
}

/** Node 20 says whether the addresses come as they are found; later versions say which come first. */
function orderOf(order: unknown): (typeof ORDERS)[number] {
  if (typeof order === 'number') return ORDERS[order] ?? 'verbatim'
  return order === false ? 'ipv4first' : 'verbatim'
}
