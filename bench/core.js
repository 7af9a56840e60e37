// What the protocol itself costs: core and codec at gateway and primary, without sockets, processes or JavaScript
// programs: `node bench/core.js`.
import { Peer, Replica, DEFAULT_LIMITS } from '../dist/core/index.js'
import { ENTRY, GROUP } from '../dist/message/index.js'
import { decode, decodeFrame, Encoder, FrameEncoder } from '../dist/wire/index.js'

const REQUESTS = 200_000
const WARM_UP = 50_000
const EPOCH = 7
const PRIMARY = { memberId: 1, precedence: 1, locator: 1, caughtUp: true }
const GATEWAY = { group: GROUP.gateway, epoch: 9, memberId: 9, locator: 9 }

/** Carries what `outputs` send to the other side's `step`, through the codec, until nobody sends any more. */
function makeWorld() {
  const encoder = new Encoder()
  const world = { now: 1, datagrams: 0, bytes: 0, released: 0 }
  const replica = new Replica({
    identity: { memberId: 1, locator: 1, group: GROUP.application, epoch: EPOCH },
    limits: DEFAULT_LIMITS,
    membership: { view: { number: 1, precedence: 1, backupView: 0 }, members: [PRIMARY], length: 0 },
    peers: [GATEWAY],
    contacts: [],
    heartbeatsCarryOrder: true,
  })
  const peer = new Peer({
    identity: GATEWAY,
    application: { group: GROUP.application, epoch: EPOCH },
    contacts: [1],
    limits: DEFAULT_LIMITS,
    reflects: true,
  })
  const sides = { 1: replica, 9: peer }
  const perform = (outputs) => {
    for (const output of outputs) {
      if (output.output === 'release') world.released += decodeFrame(output.payload).bytes.length
      if (output.output !== 'send') continue
      const datagram = encoder.encode(output.message).slice()
      for (const to of output.to) {
        world.datagrams++
        world.bytes += datagram.length
        perform(sides[to].step(world.now, { input: 'received', message: decode(datagram).message }))
      }
    }
  }
  return { world, replica, peer, perform }
}

function core() {
  const { world, replica, peer, perform } = makeWorld()
  const frames = new FrameEncoder()
  const bytes = new Uint8Array(64)
  const entry = Uint8Array.of(ENTRY.deliver, GROUP.gateway, 0, 0, 0, 0, 0, 0)
  perform(replica.start(world.now))
  perform(peer.start(world.now))
  let taken = 0
  const request = () => {
    world.now += 20
    perform(peer.step(world.now, { input: 'submitted', payload: frames.encode({ frame: 'data', stream: 1, bytes }) }))
    perform(peer.step(world.now, { input: 'flush' }))
    decodeFrame(replica.message(GROUP.gateway, ++taken))
    replica.step(world.now, { input: 'decided', entry })
    const payload = frames.encode({ frame: 'data', stream: 1, bytes })
    replica.step(world.now, { input: 'submitted', to: GROUP.gateway, payload })
    perform(replica.step(world.now, { input: 'flush' }))
  }
  for (let done = 0; done < WARM_UP; done++) request()
  const before = { ...world }
  const heap = process.memoryUsage().heapUsed
  const begun = performance.now()
  for (let done = 0; done < REQUESTS; done++) request()
  const tookUs = (performance.now() - begun) * 1000
  const usPerRequest = tookUs / REQUESTS
  const datagrams = world.datagrams - before.datagrams
  const datagramBytes = (world.bytes - before.bytes) / datagrams
  const grownMb = (process.memoryUsage().heapUsed - heap) / 1e6
  console.log('core and codec, request and reply of 64 bytes, gateway and primary together')
  console.log(`  ${usPerRequest.toFixed(2)} us per request, ${Math.round(2e6 / usPerRequest)} messages/s`)
  console.log(`  ${(datagrams / REQUESTS).toFixed(2)} datagrams per request, ${datagramBytes.toFixed(0)} bytes each`)
  console.log(`  heap ${grownMb.toFixed(0)} MB larger after ${REQUESTS} requests, all kept for newcomers`)
}

core()
