import { createServer } from 'node:http'

const WAIT_MS = 2000
const said = []
const waiting = new Set()

function answer(response, after) {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(said.slice(after)))
}

/** Answers at once if there is news, else when somebody speaks, or with nothing after a while. */
function poll(response, after) {
  if (said.length > after) return answer(response, after)
  const done = () => {
    clearTimeout(timer)
    waiting.delete(done)
    answer(response, after)
  }
  const timer = setTimeout(done, WAIT_MS)
  waiting.add(done)
  response.on('close', () => {
    clearTimeout(timer)
    waiting.delete(done)
  })
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  if (pathname === '/poll') return poll(response, Number(searchParams.get('after')))
  const text = await new Response(request).json()
  const message = { number: said.length + 1, text, at: Date.now(), dice: Math.random() }
  said.push(message)
  for (const done of waiting) done()
  response.end(JSON.stringify(message))
}).listen(Number(process.env.PORT), '127.0.0.1')
