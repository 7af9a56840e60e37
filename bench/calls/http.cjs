// The smallest HTTP server: what a program pays at least.
const { createServer } = require('node:http')

let count = 0
createServer((request, response) => response.end(`${++count}\n`)).listen(Number(process.env.PORT))
