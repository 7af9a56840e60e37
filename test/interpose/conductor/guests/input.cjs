// Standard input, read in the way that the first argument names. What it prints is the same on plain Node.
const fs = require('node:fs')
const readline = require('node:readline')

const say = (...words) => console.log(...words)
const all = (stream) => {
  let text = ''
  stream
    .setEncoding('utf8')
    .on('data', (part) => (text += part))
    .on('end', () => say('end', text.length, text.slice(-9)))
}
const ways = {
  stream: () => all(process.stdin),
  lines: () => {
    let lines = 0
    readline
      .createInterface({ input: process.stdin })
      .on('line', () => lines++)
      .on('close', () => say('lines', lines))
  },
  iterator: async () => {
    let length = 0
    for await (const part of process.stdin) length += part.length
    say('iterated', length)
  },
  sync: () => {
    const buffer = Buffer.alloc(5)
    say(fs.readSync(0, buffer), buffer.toString(), fs.readFileSync(0).length, fs.readSync(0, buffer))
  },
  text: () => say(fs.readFileSync(0, 'utf8').length),
  device: () => say(fs.readFileSync('/dev/stdin', 'utf8').length, fs.readFileSync('/dev/stdin').length),
  callback: () => fs.readFile(0, 'utf8', (error, text) => say(error, text.length)),
  file: () => all(fs.createReadStream('/dev/stdin')),
  once: () =>
    process.stdin.once('data', (part) => {
      say('once', part.toString().slice(0, 6))
      process.stdin.pause()
    }),
  untouched: () => say(process.stdin.fd, process.stdin.isTTY, process.stdin.readable, fs.fstatSync(0).isFile()),
}
ways[process.argv[2]]()
