// Runs the guests of table.js: `node test/guests/run.js [--only a,b] [--ci] [--node PATH] [--record]`. Installs them
// beside this file. `--record` writes what happened to results.json, for the page docs/compatibility.md.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { GUESTS } from './table.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const results = new URL('results.json', import.meta.url)
const { values: asked } = parseArgs({
  options: {
    only: { type: 'string' },
    ci: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
    record: { type: 'boolean', default: false },
  },
})

function chosen({ name, ci }) {
  return asked.only === undefined ? !asked.ci || ci === true : asked.only.split(',').includes(name)
}

/** The same under another Node: the guests, LLFT and the clients. */
function underOther(node) {
  const words = process.argv.slice(2)
  words.splice(words.indexOf('--node'), 2)
  // The first `node` in PATH is what a started program finds.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
  return spawnSync(node, [fileURLToPath(import.meta.url), ...words], { env, stdio: 'inherit' }).status ?? 1
}

/** Whether all packages are there, in the versions that package.json names. */
function installed() {
  const { dependencies } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'))
  return Object.entries(dependencies).every(([name, version]) => {
    const file = `${here}node_modules/${name}/package.json`
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version
  })
}

function install() {
  return installed() || spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' }).status === 0
}

/** Why a guest cannot be tried here. */
async function obstacle({ service, native }) {
  const { SERVICES } = await import('./harness/services.js')
  const { withoutNative } = await import('./harness/native.js')
  if (service !== undefined) return SERVICES[service].missing()
  return native === undefined ? undefined : withoutNative(native)
}

/** What happened to a guest: its outcome, and how many exchanges there were. */
async function outcomeOf(guest) {
  const reason = await obstacle(guest)
  if (reason !== undefined) return { outcome: 'not tried', reason }
  const { SERVICES } = await import('./harness/services.js')
  const { survive } = await import('./harness/survive.js')
  const service = await SERVICES[guest.service]?.start()
  try {
    return { outcome: 'survives', exchanges: await survive(guest, service) }
  } catch (error) {
    const [code] = /LLFT_E_REFUSED_\w+/.exec(error.message) ?? ['failed']
    return { outcome: code, reason: error.message }
  } finally {
    await service?.stop()
  }
}

function record(name, { outcome, exchanges, reason }) {
  const all = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}
  const { node } = process.versions
  const [major] = node.split('.')
  const guests = { ...all[major]?.guests, [name]: { outcome, exchanges, ...(outcome === 'not tried' && { reason }) } }
  all[major] = { node, guests }
  writeFileSync(results, `${JSON.stringify(all, null, 2)}\n`)
}

async function main() {
  if (!install()) return 1
  let [passed, failed, skipped] = [0, 0, 0]
  console.log(`Node ${process.versions.node}`)
  for (const guest of GUESTS.filter(chosen)) {
    const startedAt = performance.now()
    const found = await outcomeOf(guest)
    if (asked.record) record(guest.name, found)
    const { outcome, exchanges, reason } = found
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const asExpected = outcome === guest.expected
    const told = exchanges === undefined ? outcome : `${outcome}, ${exchanges} exchanges`
    console.log(
      `${asExpected ? 'ok  ' : outcome === 'not tried' ? 'skip' : 'FAIL'} ${guest.name}: ${told} (${seconds} s)`,
    )
    if (asExpected) passed++
    else if (outcome === 'not tried') skipped++
    else failed++
    if (!asExpected && reason !== undefined) console.log(reason)
  }
  console.log(`\n${passed} guests passed, ${failed} failed, ${skipped} skipped`)
  // A guest is skipped where a tool is missing; CI has the tools, so there a skip hides a hole.
  return failed > 0 || passed === 0 || (skipped > 0 && process.env.CI === 'true') ? 1 : 0
}

const node = resolve(asked.node)
process.exit(node === process.execPath ? await main() : underOther(node))
