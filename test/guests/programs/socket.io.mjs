import { Server } from 'socket.io'

const said = []
const io = new Server()

io.on('connection', (socket) => {
  socket.on('history', (answer) => answer(said))
  socket.on('say', (text) => {
    const message = { number: said.length + 1, text, at: Date.now(), dice: Math.random() }
    said.push(message)
    io.emit('said', message)
  })
})
io.listen(Number(process.env.PORT))
