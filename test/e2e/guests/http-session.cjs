const { openSession } = require('./service.cjs')

const sessions = new WeakMap()

/** A session for as long as the client's connection lives: proof that it is still the same one. */
function sessionOf(socket) {
  let session = sessions.get(socket)
  if (session === undefined) sessions.set(socket, (session = openSession()))
  return session
}

module.exports = { sessionOf }
