'use strict'
// UDP that stays within this machine: the second argument says of which kind. Prints nothing that differs by run.
const { createSocket } = require('node:dgram')
const { once } = require('node:events')

const GROUP = '239.255.76.84'
const SOURCE_GROUP = '232.255.76.84'

async function bound(options, ...where) {
  const socket = createSocket(options)
  socket.bind(...where)
  await once(socket, 'listening')
  return socket
}

/** What an attempt to do something comes to. */
function attempt(action) {
  try {
    return action()
  } catch ({ code, message }) {
    return [code, message]
  }
}

const sent = (socket, ...what) =>
  new Promise((resolve) => socket.send(...what, (error, bytes) => resolve(error?.code ?? bytes)))

const kinds = {
  async 'ipv6'() {
    const server = await bound('udp6', 0, '::1')
    const { address, family, port } = server.address()
    console.log(address, family)
    server.on('message', (bytes, from) => {
      console.log('server', bytes.length, from.address, from.family, from.size)
      server.send(bytes.subarray(0, 5), from.port, from.address)
    })
    const client = createSocket('udp6')
    client.connect(port, '::1')
    await once(client, 'connect')
    console.log(client.remoteAddress().address, client.remoteAddress().family, client.remoteAddress().port === port)
    // More than an IPv4 socket takes, as much as IPv6 has room for, and one byte more.
    for (const length of [5, 65_508, 65_527]) {
      const answer = once(client, 'message')
      console.log('sent', await sent(client, Buffer.alloc(length, 'x')))
      const [bytes, from] = await answer
      console.log('client', String(bytes), from.address, from.family)
    }
    console.log('sent', await sent(client, Buffer.alloc(65_528)))
    client.close()
    server.close()
    const nowhere = createSocket('udp6').bind(0, '2001:db8::1')
    const [{ code, syscall }] = await once(nowhere, 'error')
    console.log(code, syscall)
  },

  async 'IPv4 within IPv6'() {
    const both = await bound('udp6', 0)
    console.log(both.address().address)
    const only = await bound({ type: 'udp6', ipv6Only: true }, 0)
    only.on('message', (bytes) => console.log('only', String(bytes)))
    const client = createSocket('udp4')
    const heard = once(both, 'message')
    for (const socket of [only, both]) console.log(await sent(client, 'by IPv4', socket.address().port, '127.0.0.1'))
    const [bytes, { address, family }] = await heard
    console.log(String(bytes), address, family)
    console.log(await sent(client, Buffer.alloc(65_508), both.address().port, '127.0.0.1'))
    for (const socket of [both, only, client]) socket.close()
  },

  async 'multicast'() {
    const socket = await bound({ type: 'udp4', reuseAddr: true }, 0)
    const { port } = socket.address()
    const heard = []
    let change = () => {}
    socket.on('message', (bytes) => {
      heard.push(String(bytes))
      change()
    })
    /** To both groups, and to the socket itself, which is how what has not come by then never comes. */
    const say = async (text) => {
      heard.length = 0
      for (const to of [GROUP, SOURCE_GROUP]) await sent(socket, `${text} ${to}`, port, to)
      await sent(socket, text, port, '127.0.0.1')
      while (!heard.includes(text)) await new Promise((resolve) => (change = resolve))
      console.log(text, heard)
    }
    socket.setMulticastInterface('127.0.0.1')
    socket.setMulticastLoopback(true)
    console.log(socket.setMulticastTTL(1), socket.setTTL(3), socket.setBroadcast(true))
    await say('in none')
    socket.addMembership(GROUP, '127.0.0.1')
    await say('in one')
    socket.addSourceSpecificMembership('127.0.0.1', SOURCE_GROUP, '127.0.0.1')
    await say('in both')
    socket.dropMembership(GROUP, '127.0.0.1')
    await say('in the other')
    socket.dropSourceSpecificMembership('127.0.0.1', SOURCE_GROUP, '127.0.0.1')
    await say('in none again')
    console.log(attempt(() => socket.dropMembership(GROUP, '127.0.0.1')))
    console.log(attempt(() => socket.addMembership('192.0.2.1')))
    console.log(attempt(() => socket.setMulticastInterface('192.0.2.1')))
    console.log(attempt(() => socket.setMulticastTTL(256)))
    socket.close()
  },

  async 'buffer sizes'() {
    const unbound = createSocket('udp4')
    console.log(attempt(() => unbound.getRecvBufferSize()))
    console.log(attempt(() => unbound.setSendBufferSize(10_000)))
    unbound.close()
    const socket = await bound({ type: 'udp4', recvBufferSize: 20_000, sendBufferSize: 30_000 }, 0, '127.0.0.1')
    console.log(socket.getRecvBufferSize(), socket.getSendBufferSize())
    console.log(socket.setRecvBufferSize(40_000), socket.setSendBufferSize(50_000))
    console.log(socket.getRecvBufferSize(), socket.getSendBufferSize())
    console.log(attempt(() => socket.setRecvBufferSize(-1)))
    console.log(socket.getSendQueueSize(), socket.getSendQueueCount())
    socket.close()
  },
}

void kinds[process.argv[2]]()
