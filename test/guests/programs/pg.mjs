import { randomUUID } from 'node:crypto'
import express from 'express'
import pg from 'pg'

const pool = new pg.Pool({ host: '127.0.0.1', port: Number(process.env.SERVICE_PORT), user: 'postgres', max: 3 })
await pool.query('CREATE TABLE notes (id SERIAL PRIMARY KEY, text TEXT, key TEXT)')

const app = express()
app.use(express.json())
const send = (response, { rows: [note] }) => (note === undefined ? response.status(404).end() : response.json(note))
app.get('/notes', async (_, response) => {
  response.json((await pool.query('SELECT * FROM notes ORDER BY id')).rows)
})
app.post('/notes', async ({ body }, response) => {
  const insert = 'INSERT INTO notes (text, key) VALUES ($1, $2) RETURNING *'
  const { rows } = await pool.query(insert, [body.text, randomUUID()])
  response.status(201).json(rows[0])
})
app.get('/notes/:id', async ({ params }, response) => {
  send(response, await pool.query('SELECT * FROM notes WHERE id = $1', [params.id]))
})
app.put('/notes/:id', async ({ params, body }, response) => {
  send(response, await pool.query('UPDATE notes SET text = $1 WHERE id = $2 RETURNING *', [body.text, params.id]))
})
app.delete('/notes/:id', async ({ params }, response) => {
  const { rowCount } = await pool.query('DELETE FROM notes WHERE id = $1', [params.id])
  response.status(rowCount === 1 ? 204 : 404).end()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
