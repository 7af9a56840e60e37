// A gRPC server without schema: messages are JSON. It asks another server of the same kind, too.
const grpc = require('@grpc/grpc-js')

const json = {
  requestSerialize: (value) => Buffer.from(JSON.stringify(value)),
  requestDeserialize: (bytes) => JSON.parse(bytes.toString()),
  responseSerialize: (value) => Buffer.from(JSON.stringify(value)),
  responseDeserialize: (bytes) => JSON.parse(bytes.toString()),
}

const SERVICE = {
  count: { path: '/Test/Count', requestStream: false, responseStream: false, ...json },
  relay: { path: '/Test/Relay', requestStream: false, responseStream: false, ...json },
  ticks: { path: '/Test/Ticks', requestStream: false, responseStream: true, ...json },
  echo: { path: '/Test/Echo', requestStream: true, responseStream: true, ...json },
}
const Client = grpc.makeGenericClientConstructor(SERVICE, 'Test')

let total = 0
const other = process.env.OTHER && new Client(process.env.OTHER, grpc.credentials.createInsecure())

const implementation = {
  count: (call, callback) => callback(null, { total: ++total, text: call.request.text }),
  relay: (call, callback) => other.count(call.request, callback),
  ticks(call) {
    let tick = 0
    const timer = setInterval(() => {
      call.write({ tick: ++tick })
      if (tick < call.request.ticks) return
      clearInterval(timer)
      call.end()
    }, call.request.everyMs)
  },
  echo(call) {
    let number = 0
    call.on('data', ({ text }) => call.write({ number: ++number, text }))
    call.on('end', () => call.end())
  },
}

function serve(address, bound) {
  const server = new grpc.Server()
  server.addService(SERVICE, implementation)
  server.bindAsync(address, grpc.ServerCredentials.createInsecure(), bound)
  return server
}

module.exports = { Client, serve }

if (require.main === module) {
  const server = serve(`127.0.0.1:${process.env.PORT}`, (error) => {
    if (error) throw error
    console.log('up')
  })
  process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)))
}
