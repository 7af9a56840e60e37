const express = require('express')

let count = 0
const app = express()
app.use((request, response) => response.send(`${++count}\n`))
app.listen(Number(process.env.PORT))
