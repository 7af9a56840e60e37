import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const place = join(import.meta.dirname, '../../coverage')

/** As an ES module and as CommonJS, in a process of its own that knows nothing of LLFT. */
const FORMS = [
  { name: 'program.mjs', load: "import { snapshot } from 'llft/app'" },
  { name: 'program.cjs', load: "const { snapshot } = require('llft/app')" },
]

async function says(name: string, program: string): Promise<string> {
  mkdirSync(place, { recursive: true })
  // Inside the package, which finds itself by its name.
  const folder = mkdtempSync(join(place, 'app-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), program)
  const { stdout, stderr } = await run(process.execPath, [join(folder, name)])
  return stdout + stderr
}

describe.each(FORMS)('outside of LLFT, in $name', ({ name, load }) => {
  test('an offer does nothing', async () => {
    const program = `${load}
      const never = () => { throw new Error('called') }
      console.log(snapshot({ save: never, restore: never }), Object.getOwnPropertySymbols(globalThis).map(String))`
    expect(await says(name, program)).toBe("undefined [ 'Symbol(Symbol.toStringTag)' ]\n")
  })

  test('what is no offer is refused', async () => {
    const wrong = 'undefined, null, 1, "x", () => {}, {}, { save() {} }, { restore() {} }, { save: 1, restore() {} }'
    const program = `${load}
      for (const wrong of [${wrong}]) {
        try { snapshot(wrong) } catch (error) { console.log(error.name, error.message) }
      }`
    const line = 'TypeError snapshot() expects an object with two functions: { save(), restore(value) }\n'
    expect(await says(name, program)).toBe(line.repeat(9))
  })
})

test('the last offer of a class, with its own `this`, reaches a replica by a hook that nobody lists', async () => {
  const program = `
    Object.defineProperty(globalThis, Symbol.for('llft.snapshot'), { value: (offer) => console.log(offer.save()) })
    const { snapshot } = require('llft/app')
    class State { #kept = 7; save() { return this.#kept } restore() {} }
    snapshot(new State())
    console.log(Object.keys(globalThis).includes('llft.snapshot'))`
  expect(await says('program.cjs', program)).toBe('7\nfalse\n')
})
