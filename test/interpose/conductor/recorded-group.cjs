'use strict'

// A group of one replica: live, it writes history, output and digests to files; replaying, it follows a written history
// (the whole, or up to a cut, where it becomes live). Messages of the peers come from a script; what is asked of the
// host goes to whoever runs the guest.
const { openSync, readFileSync, writeSync } = require('node:fs')

const { kill, pid } = process
const GATEWAY = 2
const CONSOLE = 3
const PEER_UP = 22
const ENTRY_CONTINUES = 0x80
const WAIT_STEP_US = 100

exports.RecordedGroup = class RecordedGroup {
  live
  draining = true
  settled = true
  executed = 0
  listener = undefined
  #history = []
  #frames = []
  #taken = new Map()
  #arrived = new Map()
  #pending = ''
  #cut = false
  #file
  #clock
  #script
  #host
  #listens = false
  #connected = false

  /**
   * `script`: peers' frames, `[afterMs, group, frame, said]`, and `lost`, `up` and `die` in place of one; each waits
   * until the program has sent what it `said`. A successor has a script, too. `follow`: a history file; `cut`: entries
   * of it to hold; `host`: the transport to the host, and its locator.
   */
  constructor({ clock, file, follow, cut, script = [], host }) {
    this.#clock = clock
    this.#host = host
    if (host !== undefined) {
      host.transport.onDatagram = (datagram) => {
        const { bytes, ...head } = JSON.parse(Buffer.from(datagram).toString())
        this.#receive(CONSOLE, { ...head, bytes: Uint8Array.from(Buffer.from(bytes ?? '', 'base64')) })
        this.listener.work()
      }
    }
    this.#file = openSync(file, 'w')
    this.#script = script
    this.live = follow === undefined
    if (follow === undefined) this.#arm()
    else {
      const lines = readFileSync(follow, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
      const entries = lines.filter((line) => line.entry !== undefined).map((line) => Buffer.from(line.entry, 'base64'))
      this.#history = entries.slice(0, cut)
      this.#cut = cut !== undefined
      for (const { received } of lines) if (received !== undefined) this.#receive(received.from, revive(received.frame))
    }
  }

  note(line) {
    this.#pending += JSON.stringify(line) + '\n'
  }

  unacknowledgedBytes() {
    return 0
  }

  givenUp() {
    return false
  }

  decide(entry) {
    if (!this.live) throw new Error('a backup decided')
    this.executed++
    this.#checkOrder(entry)
    this.note({ entry: Buffer.from(entry).toString('base64') })
  }

  peek() {
    return this.live ? undefined : this.#history[this.executed]
  }

  peekAhead(ahead) {
    return this.live ? undefined : this.#history[this.executed + ahead]
  }

  consume() {
    const entry = this.#history[this.executed++]
    this.#checkOrder(entry)
    this.note({ entry: entry.toString('base64') })
    if (this.#cut && this.executed === this.#history.length) this.#promote()
  }

  received(from) {
    return this.#arrived.get(from)?.[this.#taken.get(from) ?? 0]
  }

  accept(from) {
    this.#taken.set(from, (this.#taken.get(from) ?? 0) + 1)
  }

  findReceived(from, matches) {
    return this.#arrived
      .get(from)
      ?.slice(this.#taken.get(from) ?? 0)
      .find(matches)
  }

  submit(to, frame) {
    const kept = 'bytes' in frame ? { ...frame, bytes: Buffer.from(frame.bytes).toString('latin1') } : frame
    this.#frames.push(kept)
    this.note({ to, frame: kept })
    if (to === CONSOLE && this.live && this.#host !== undefined && ['data', 'end'].includes(frame.frame)) {
      const bytes = Buffer.from(frame.bytes ?? '').toString('base64')
      this.#host.transport.send(this.#host.locator, Buffer.from(JSON.stringify({ ...frame, bytes })))
    }
    if (frame.frame === 'listen' && this.live) {
      this.#listens = true
      this.#receive(GATEWAY, {
        frame: 'listening',
        listener: frame.listener,
        errno: 0,
        bound: { ...frame.name, port: 3000 },
      })
    }
  }

  flush() {
    if (this.#pending === '') return
    writeSync(this.#file, this.#pending)
    this.#pending = ''
  }

  waitUntil(done) {
    this.flush()
    if (!this.live && this.#cut && this.executed === this.#history.length) this.#promote()
    while (this.#host !== undefined && this.live && !done()) {
      if (this.#host.transport.poll() === 0) this.#clock.pause(WAIT_STEP_US)
    }
    return done()
  }

  connect() {
    this.#connected = true
  }

  disconnect() {}

  /** The core counts on it: with a connection comes the entry in which it begins, not the other way round. */
  #checkOrder(entry) {
    if ((entry[0] & ~ENTRY_CONTINUES) !== PEER_UP) return
    if (!this.#connected) throw new Error('a group is connected after its entry')
    this.#connected = false
  }

  #promote() {
    this.live = true
    this.note({ promoted: this.executed })
    this.#arm()
    this.listener?.promoted()
  }

  #arm() {
    const next = this.#script[0]
    if (next === undefined) return
    const [afterMs, from, frame, said = ''] = next
    this.#clock.arm(this.#clock.now() + afterMs * 1000, () => {
      // A client of a program that does not listen yet would be refused, however slow the machine is.
      if (frame.frame === 'open' && !this.#listens) return this.#arm()
      if (said !== '' && !this.#frames.some((sent) => JSON.stringify(sent).includes(said))) return this.#arm()
      this.#script.shift()
      if (frame.frame === 'lost') this.listener.peerLost(from)
      else if (frame.frame === 'die') kill.call(process, pid, 'SIGKILL')
      else if (frame.frame === 'up') this.listener.peerUp({ group: from, epoch: 2, memberId: 7, locator: 9 })
      else this.#receive(from, revive(frame))
      this.#arm()
      this.listener.work()
    })
  }

  #receive(from, frame) {
    const queue = this.#arrived.get(from) ?? []
    this.#arrived.set(from, queue)
    queue.push(frame)
    const bytes = 'bytes' in frame ? { bytes: Buffer.from(frame.bytes).toString('latin1') } : {}
    this.note({ received: { from, frame: { ...frame, ...bytes } } })
  }
}

function revive(frame) {
  return typeof frame.bytes === 'string'
    ? { ...frame, bytes: Uint8Array.from(Buffer.from(frame.bytes, 'latin1')) }
    : frame
}
