#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { main } from '../dist/cli/index.js'

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const { version } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'))

const exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  version,
  paths: {
    preload: inPackage('preload.cjs'),
    gateway: inPackage('dist/gateway/main.js'),
    llft: inPackage('bin/llft.js'),
    guest: inPackage('dist/bench/guest/main.js'),
    cpg: inPackage('bench/cpg.c'),
  },
})
process.exit(exitCode)
