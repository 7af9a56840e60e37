import { lookup, lookupService, Resolver } from 'node:dns/promises'
import { constants } from 'node:os'
import type { NameAnswer, NameQuestion } from '../message/index.js'
import { QUESTION_BYTES_MAX, QUESTIONS_MAX } from './limits.js'

/** Of `Resolver`; a program can name nothing else here. */
const METHODS: ReadonlySet<string> = new Set([
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTlsa',
  'resolveTxt',
  'reverse',
])
const WITH_TTL: ReadonlySet<string> = new Set(['resolve4', 'resolve6'])

export class Questions {
  #open = 0

  /** Bounded by `QUESTIONS_MAX`: what is asked beyond it fails as at a resolver without memory. */
  async answerTo(json: string): Promise<NameAnswer> {
    if (this.#open >= QUESTIONS_MAX || json.length > QUESTION_BYTES_MAX) {
      return { failure: { code: 'ENOMEM', errno: undefined } }
    }
    this.#open++
    const answer = await answerOf(json)
    this.#open--
    return answer
  }
}

/** Answers as this host would answer the program. Never rejects. */
async function answerOf(json: string): Promise<NameAnswer> {
  try {
    return { found: await find(JSON.parse(json) as NameQuestion) }
  } catch (error) {
    const { code = 'EINVAL', errno } = error as NodeJS.ErrnoException
    return { failure: { code, errno: typeof errno === 'number' ? errno : undefined } }
  }
}

async function find(question: NameQuestion): Promise<unknown> {
  if (question.ask === 'lookup') {
    const { name, family, hints, order } = question
    // Node 20 knows no `order` here: false puts IPv4 first.
    const how = order === 'ipv6first' ? { order } : { verbatim: order === 'verbatim' }
    const found = await lookup(name, { all: true, family, hints, ...how })
    return found.map(({ address }) => address)
  }
  if (question.ask === 'service') return await lookupService(question.address, question.port)
  return await records(question)
}

async function records({ method, name, servers }: Extract<NameQuestion, { ask: 'records' }>): Promise<unknown> {
  if (!METHODS.has(method)) throw Object.assign(new Error(), { code: 'ENOTIMP', errno: -constants.errno.ENOSYS })
  const resolver = new Resolver()
  if (servers !== undefined) resolver.setServers(servers)
  const ask = resolver[method as 'resolve4'].bind(resolver)
  return WITH_TTL.has(method) ? await ask(name, { ttl: true }) : await ask(name)
}
