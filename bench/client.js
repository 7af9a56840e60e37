// One connection, one request at a time, each answer checked.
import { once } from 'node:events'
import { connect } from 'node:net'

export class Client {
  #socket
  #rest = ''
  #waiting
  answered = 0

  static async open(port) {
    const client = new Client()
    client.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(client.#socket, 'connect')
    client.#socket.setEncoding('latin1')
    client.#socket.on('data', (text) => client.#take(text))
    client.#socket.on('close', () => client.#waiting?.reject(new Error('the connection was closed')))
    client.#socket.on('error', (error) => client.#waiting?.reject(error))
    return client
  }

  request(line) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, length: line.length }
      this.#socket.write(line)
    })
  }

  close() {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #take(text) {
    this.#rest += text
    if (!this.#rest.endsWith('\n')) return
    const { resolve, reject, length } = this.#waiting
    this.answered++
    if (this.#rest.length === length) resolve(Number.parseInt(this.#rest, 10))
    else reject(new Error(`an answer of ${this.#rest.length} bytes instead of ${length}`))
    this.#rest = ''
  }
}
