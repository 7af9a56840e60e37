/** Answers with how many bytes it has got, over all connections; its arguments: the port. */
export const COUNTING: string = `
const { createServer } = require('node:net')
let bytes = 0
createServer((socket) => {
  socket.on('data', (data) => socket.write(String(bytes += data.length) + '\\n'))
  socket.on('error', () => {})
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('up'))
`
