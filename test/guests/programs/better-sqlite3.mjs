import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import express from 'express'

const database = new Database(':memory:')
database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, key TEXT, at INTEGER)')
const all = database.prepare('SELECT * FROM notes ORDER BY id')
const one = database.prepare('SELECT * FROM notes WHERE id = ?')
const insert = database.prepare('INSERT INTO notes (text, key, at) VALUES (?, ?, ?) RETURNING *')
const update = database.prepare('UPDATE notes SET text = ? WHERE id = ? RETURNING *')
const remove = database.prepare('DELETE FROM notes WHERE id = ?')

const app = express()
app.use(express.json())
const send = (response, note) => (note === undefined ? response.status(404).end() : response.json(note))
app.get('/notes', (_, response) => response.json(all.all()))
app.post('/notes', ({ body }, response) => {
  response.status(201).json(insert.get(body.text, randomUUID(), Date.now()))
})
app.get('/notes/:id', ({ params }, response) => send(response, one.get(params.id)))
app.put('/notes/:id', ({ params, body }, response) => send(response, update.get(body.text, params.id)))
app.delete('/notes/:id', ({ params }, response) => {
  response.status(remove.run(params.id).changes === 1 ? 204 : 404).end()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
