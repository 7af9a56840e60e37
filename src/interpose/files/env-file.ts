import type { EdgeTerms } from '../edge-terms.js'
import { replaceFunction } from '../replace.js'

interface Files {
  readFileSync(path: unknown, encoding: 'utf8'): string
}

interface Util {
  parseEnv(text: string): Readonly<Record<string, string>>
}

/** `process.loadEnvFile` reads in C++, past what reads files in order. */
export function installEnvFile({ internals }: EdgeTerms): void {
  const { readFileSync } = internals.module<Files>('fs')
  const { parseEnv } = internals.module<Util>('util')
  const owner = process as unknown as { loadEnvFile: (path?: unknown) => void }
  const { loadEnvFile } = owner
  replaceFunction(owner, 'loadEnvFile', (path: unknown = '.env') => {
    // For Node's own error.
    if (typeof path === 'number') return loadEnvFile(path)
    for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) {
      process.env[name] ??= value
    }
  })
}
