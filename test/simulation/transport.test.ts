import type { Locator } from '../../src/message/index.js'
import { Network, World } from '../../src/sim/index.js'
import type { SimulatedTransport } from '../../src/sim/index.js'
import { describeMulticast, describeTransport } from '../compliance/transport.js'
import type { GroupMaker } from '../compliance/transport.js'

const LOCATORS_FROM = 1000
const SETTLED_AFTER = 1_000_000

const world = new World(1)
const network = new Network(world)
/** In order on a network that delays all alike. */
network.weather = { ...network.weather, delaySpread: 0 }
let next = LOCATORS_FROM

const open = (): SimulatedTransport => network.open(next++ as Locator)
const groupAt = (group: number): Locator => group as Locator

const maker: GroupMaker = {
  name: 'SimulatedTransport',
  open,
  settle: async () => {
    world.run(world.now + SETTLED_AFTER)
  },
  pollable: false,
  groupAt,
  member: (group) => {
    const transport = open()
    transport.join(groupAt(group))
    return transport
  },
  stranger: open,
}

describeTransport(maker)
describeMulticast(maker)
