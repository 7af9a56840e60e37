// What all guests serve, whatever they speak: state that is in memory only and shows every loss and repetition, and
// answers that depend on chance, time, files, timers and the thread pool.
const { createHash, pbkdf2, randomUUID } = require('node:crypto')
const fs = require('node:fs')
const { Readable } = require('node:stream')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const zlib = require('node:zlib')
const { pattern, PIECE_BYTES_MAX } = require('./pattern.cjs')

const TICK_MS = 20
const REPORT_EVERY = 50

const state = { total: 0, ticks: 0, chance: 0 }

setInterval(() => {
  state.ticks++
  state.chance = Math.random()
}, TICK_MS)

process.on('SIGTERM', () => {
  console.log(`end ${state.total}`)
  process.exit(0)
})

const works = {
  echo: async (text) => text,
  timer: async (text) => {
    await sleep(Math.random() * 4)
    return text
  },
  immediate: (text) => new Promise((resolve) => setImmediate(() => process.nextTick(resolve, text))),
  hash: async (text) => (await promisify(pbkdf2)(text, 'salt', 50, 16, 'sha256')).toString('hex'),
  zip: async (text) => (await promisify(zlib.gunzip)(await promisify(zlib.gzip)(text))).toString(),
  file: async (text) => `${text} ${(await fs.promises.readFile(__filename)).length > 0}`,
  fileCallback: (text) =>
    new Promise((resolve, reject) => {
      fs.readFile(__filename, 'utf8', (error, read) => (error ? reject(error) : resolve(`${text} ${read.length > 0}`)))
    }),
  fileSync: async (text) => `${text} ${fs.readFileSync(__filename).length > 0}`,
}

/** One client's connection, as the program remembers it. */
function openSession() {
  return { connection: randomUUID(), own: 0 }
}

/** The head of the answer to `request`, whose body was `body`. */
async function answer(session, request, body = Buffer.alloc(0)) {
  const own = ++session.own
  const total = ++state.total
  if (total % REPORT_EVERY === 0) console.log(`total ${total}`)
  const text = await works[request.work](request.text)
  return {
    connection: session.connection,
    own,
    total,
    text,
    body: createHash('sha1').update(body).digest('hex'),
    salt: Math.floor(Math.random() * 1_000_000),
    at: Date.now(),
    ticks: state.ticks,
    bytes: request.bytes,
  }
}

/** The large body that belongs to a head: all at once, or a piece per timer when the request has a pace. */
function largeBody({ salt, bytes }, { paceMs }) {
  let offset = 0
  return new Readable({
    highWaterMark: PIECE_BYTES_MAX,
    read() {
      const length = Math.min(PIECE_BYTES_MAX, bytes - offset)
      if (length === 0) {
        this.push(null)
        return
      }
      const piece = pattern(salt, offset, length)
      offset += length
      if (paceMs === 0) this.push(piece)
      else setTimeout(() => this.push(piece), Math.random() * 2 * paceMs)
    },
  })
}

module.exports = { answer, largeBody, openSession, port: Number(process.env.PORT) }
