// A recorded member alone: a machine like it is asked the same again, through the codec.
import { ASKED } from './node.js'

/** Replays a member; returns what `measured` makes of the part that counts. The founding does not. */
export function replay(rooms, recorded, measured) {
  const asker = new Asker(rooms, recorded.make())
  asker.askAll(recorded.node.founding)
  return measured(() => asker.askAll(recorded.node.record))
}

/** Raises an error unless the same questions have the same answers, byte for byte: else something else is measured. */
export function requireSame(rooms, recorded) {
  const asker = new Asker(rooms, recorded.make())
  asker.askAll(recorded.node.founding)
  let digest = 1
  asker.sent = (datagram) => (digest = rooms.base.mixBytes(digest, datagram))
  asker.askAll(recorded.node.record)
  if (digest !== recorded.node.digest) throw new Error(`${recorded.role} sent something else when it was asked again`)
}

class Asker {
  sent
  #machine
  #wire
  #group
  #encoder
  #frames

  constructor({ wire, message }, machine) {
    this.#machine = machine
    this.#wire = wire
    this.#group = message.GROUP.gateway
    this.#encoder = new wire.Encoder()
    this.#frames = new wire.FrameEncoder()
  }

  askAll(record) {
    for (const question of record) this.#ask(question)
  }

  #ask({ asked, at, value }) {
    const machine = this.#machine
    switch (asked) {
      case ASKED.datagram:
        return this.#perform(machine.step(at, { input: 'received', message: this.#wire.decode(value).message }))
      case ASKED.frame:
        return this.#perform(
          machine.step(at, { input: 'submitted', payload: this.#frames.encode(value.frame), to: value.to }),
        )
      case ASKED.input:
        return this.#perform(machine.step(at, value))
      case ASKED.message: {
        const payload = machine.message(this.#group, value)
        return payload && this.#wire.decodeFrame(payload)
      }
      case ASKED.entry:
        return machine.entry(0)
      case ASKED.deadline:
        return this.#perform(machine.step(at, { input: 'deadline' }))
      default:
        return this.#perform(machine.start(at))
    }
  }

  #perform(outputs) {
    for (const output of outputs) {
      if (output.output === 'release') this.#wire.decodeFrame(output.payload)
      if (output.output !== 'send') continue
      const datagram = this.#encoder.encode(output.message)
      this.sent?.(datagram)
    }
    // A driver arms its timer after each turn.
    return this.#machine.deadline
  }
}
