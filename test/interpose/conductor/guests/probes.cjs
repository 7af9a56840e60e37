// Runs expressions one after the other, each in an operation of its own, and says where each begins and ends.
const fs = require('node:fs')
const { readFileSync } = fs

const [place, probes] = process.argv.slice(2)
const scope = { require, fs, file: __filename, folder: __dirname, made: `${place}/made` }
const functions = JSON.parse(readFileSync(probes, 'utf8')).map((probe) =>
  Reflect.construct(Function, [...Object.keys(scope), `return (${probe})`]),
)

async function run() {
  for (const [index, call] of functions.entries()) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    let ended
    console.log(`begin ${index}`)
    try {
      ended = ['is', await call(...Object.values(scope))]
    } catch (error) {
      ended = ['throws', (error.cause ?? error).code]
    }
    console.log(`end ${index} ${JSON.stringify(ended)}`)
  }
}
void run().then(() => process.exit(0))
