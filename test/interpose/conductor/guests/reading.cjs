// Reads in every way, some of them all the time: whoever takes over goes on where the other one stood.
const fs = require('node:fs')

const fd = fs.openSync(__filename)
let text = ''
let reads = 0
const step = () => {
  const buffer = Buffer.alloc(64)
  if (++reads % 2 === 0) return take(fs.readSync(fd, buffer), buffer)
  fs.read(fd, buffer, 0, 64, null, (error, count) => take(count, buffer))
}
const take = (count, buffer) => {
  text += buffer.toString('utf8', 0, count)
  if (count > 0) setTimeout(step, 1)
  else console.log('read', reads, text === fs.readFileSync(__filename, 'utf8'))
}
step()

async function main() {
  const handle = await fs.promises.open(__filename)
  for (let round = 0; round < 8; round++) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(50), 0, 50, null)
    console.log(round, bytesRead, buffer.toString().length, (await handle.stat()).size)
    console.log(
      (await fs.promises.stat(__filename)).size,
      fs.readdirSync(__dirname).length > 0,
      fs.existsSync(__filename),
    )
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await handle.close()
  let length = 0
  for await (const part of fs.createReadStream(__filename, { highWaterMark: 100 })) length += part.length
  const names = []
  for await (const { name } of await fs.promises.opendir(__dirname)) names.push(name)
  console.log('end', length, names.includes('reading.cjs'))
}
void main()
