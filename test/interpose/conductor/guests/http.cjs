const http = require('node:http')

let requests = 0
const server = http.createServer((request, response) => {
  requests++
  if (request.url === '/last') server.close()
  response.end(`request ${requests} ${request.url}`)
})
server.listen(3000, '127.0.0.1', () => console.log('listening', server.address().port))
