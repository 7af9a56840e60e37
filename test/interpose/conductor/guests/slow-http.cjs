const http = require('node:http')

const options = { headersTimeout: 60, requestTimeout: 140, connectionsCheckingInterval: 10 }
const server = http.createServer(options, (request, response) => {
  request.resume().on('end', () => response.end(`all of ${request.url}`))
})
server.on('clientError', ({ code }, socket) => {
  console.log(code)
  socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n')
})
server.listen(3000, '127.0.0.1')
setTimeout(() => process.exit(0), 500)
