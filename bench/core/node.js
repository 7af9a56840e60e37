// One member of the measured group: a machine of the core on virtual time, with a record of everything it was asked.

/** What a machine was asked; replayed in `replay.js`. */
export const ASKED = { start: 0, datagram: 1, frame: 2, input: 3, deadline: 4, message: 5, entry: 6 }

/** Steps a machine, carries what it sends, arms its one timer, and writes down every question. */
export class Node {
  /** In order; bounded by the requests of one recording. */
  record = []
  datagrams = 0
  bytes = 0
  digest = 1
  #world
  #deadline
  #timer = 0

  constructor(machine, world) {
    this.machine = machine
    this.#world = world
  }

  start() {
    this.#note(ASKED.start, undefined)
    this.#perform(this.machine.start(this.#world.now))
    this.#arm()
  }

  received(datagram) {
    this.#note(ASKED.datagram, datagram)
    const { message } = this.#world.rooms.wire.decode(datagram)
    this.#wake({ input: 'received', message })
  }

  /** A frame for the other group; `to` names it at a replica. */
  submit(frame, to) {
    this.#note(ASKED.frame, { frame, to })
    const payload = this.#world.frames.encode(frame)
    this.#perform(this.machine.step(this.#world.now, { input: 'submitted', payload, to }))
  }

  input(input) {
    this.#note(ASKED.input, input)
    this.#perform(this.machine.step(this.#world.now, input))
    if (input.input === 'flush') this.#arm()
  }

  message(sequence) {
    this.#note(ASKED.message, sequence)
    const payload = this.machine.message(this.#world.gatewayGroup, sequence)
    return payload && this.#world.rooms.wire.decodeFrame(payload)
  }

  entry() {
    this.#note(ASKED.entry, undefined)
    return this.machine.entry(0)
  }

  /** What the program does when there may be something to execute, and a client with an answer; set by the group. */
  work = () => {}
  released = () => {}
  #works = false

  #wake(input) {
    this.#perform(this.machine.step(this.#world.now, input))
    this.#arm()
    if (!this.#works) return
    this.#works = false
    this.work()
  }

  #note(asked, value) {
    this.record.push({ asked, at: this.#world.now, value })
  }

  #perform(outputs) {
    const { encoder, rooms } = this.#world
    for (const output of outputs) {
      if (output.output === 'release') this.released(rooms.wire.decodeFrame(output.payload))
      if (output.output === 'release' || output.output === 'work') this.#works = true
      if (output.output !== 'send') continue
      const datagram = encoder.encode(output.message).slice()
      this.digest = rooms.base.mixBytes(this.digest, datagram)
      for (const to of output.to) {
        this.datagrams++
        this.bytes += datagram.length
        this.#world.carry(to, datagram)
      }
    }
  }

  /** Its one timer: a later call replaces an earlier one. */
  #arm() {
    const { deadline } = this.machine
    if (deadline === this.#deadline) return
    this.#deadline = deadline
    const timer = ++this.#timer
    if (deadline === undefined) return
    this.#world.at(deadline, () => {
      if (timer !== this.#timer) return
      this.#deadline = undefined
      this.#note(ASKED.deadline, undefined)
      this.#wake({ input: 'deadline' })
    })
  }
}
