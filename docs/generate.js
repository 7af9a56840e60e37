// Writes the pages that are made from tables in the code; a test compares each with what is committed.
import { writeFileSync } from 'node:fs'
import { errorsMarkdown } from '../dist/errors/index.js'

const pages = { 'errors.md': errorsMarkdown() }

for (const [name, text] of Object.entries(pages)) writeFileSync(new URL(name, import.meta.url), text)
