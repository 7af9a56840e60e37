// Writes the pages that are made from tables in the code; with --check it only says which of them are not up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { errorsMarkdown } from '../dist/errors/index.js'
import { compatibilityMarkdown } from './compatibility.js'
import { determinismMarkdown } from './determinism.js'
import { protocolMarkdown } from './protocol.js'

const pages = {
  'compatibility.md': compatibilityMarkdown(),
  'determinism.md': determinismMarkdown(),
  'errors.md': errorsMarkdown(),
  'protocol.md': protocolMarkdown(),
}
const check = process.argv.includes('--check')

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, import.meta.url)
  if (!check) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`docs/${name} differs from the code: npm run docs`)
    process.exitCode = 1
  }
}
