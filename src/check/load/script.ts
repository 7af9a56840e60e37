import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Load, Trouble } from './load.js'

/** The end of what a script has printed says why it failed. */
const OUTPUT_CHARACTERS_MAX = 4000

export interface ScriptTerms {
  readonly file: string
  readonly node: string
  readonly env: NodeJS.ProcessEnv
}

/** A Node program of the user's, which is told where to find the checked one and ends when it has asked all. */
export function scriptLoad({ file, node, env }: ScriptTerms): Load {
  return ({ addresses, boundMs, signal }) =>
    new Promise((resolve) => {
      const [first] = addresses
      const ports = addresses.map(({ port }) => port).join(',')
      const own = {
        LLFT_CHECK_URL: first === undefined ? '' : `http://${first.host}:${first.port}`,
        LLFT_CHECK_HOST: first?.host ?? '',
        LLFT_CHECK_PORT: first === undefined ? '' : String(first.port),
        LLFT_CHECK_PORTS: ports,
      }
      const child = spawn(node, [file], { env: { ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      let late = false
      const take = (text: string): void => {
        output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)
      }
      child.stdout.setEncoding('utf8').on('data', take)
      child.stderr.setEncoding('utf8').on('data', take)
      const stop = (): void => void child.kill('SIGKILL')
      const bound = setTimeout(() => {
        late = true
        stop()
      }, boundMs)
      signal.addEventListener('abort', stop)
      child.once('error', (error) => take(`${error.message}\n`))
      child.once('close', (code, name) => {
        clearTimeout(bound)
        signal.removeEventListener('abort', stop)
        const trouble = troubleOf({ late, code, name, output })
        const did = `the load ${trouble === undefined ? 'succeeded' : 'failed'}`
        resolve({ what: `${file}, to ${own.LLFT_CHECK_URL}`, did, trouble })
      })
    })
}

interface Ended {
  readonly late: boolean
  readonly code: number | null
  readonly name: NodeJS.Signals | null
  readonly output: string
}

function troubleOf({ late, code, name, output }: Ended): Trouble | undefined {
  if (late) return { trouble: 'late', output }
  if (code === 0) return undefined
  const outcome = name === null ? `code ${code}` : `${name} (${constants.signals[name]})`
  return { trouble: 'failed', outcome, output }
}
