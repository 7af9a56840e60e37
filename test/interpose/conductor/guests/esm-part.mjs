import { readFile } from 'node:fs/promises'

export const value = (await readFile(new URL(import.meta.url))).length
