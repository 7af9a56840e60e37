import type { EdgeTerms } from './edge-terms.js'
import { print } from './output.js'

type FatalException = (error: unknown, fromPromise: boolean) => boolean

/** Node's exit code when a handler of uncaught errors throws itself. */
const EXIT_HANDLER_FAILED = 7

/** What Node prints below an error that is not an object, whose origin it cannot show. */
const TRACE_HINT = '(Use `node --trace-uncaught ...` to show where the exception was thrown)'

/**
 * An error that nobody handles: Node asks `process._fatalException`, which runs the program's handlers and exit
 * listeners, and if that is false puts the error's text together, prints it and exits, all in C++. The text is taken
 * where Node lets JavaScript enhance it, and goes to the program's own stderr; then the group ends.
 */
export function installFatal({ internals, operations }: EdgeTerms): void {
  const errors = internals.binding('errors') as {
    setEnhanceStackForFatalException(before: (error: object) => unknown, after: (error: object) => unknown): void
  }
  const { beforeInspector, afterInspector } = internals.fatalEnhancers

  let handlerFailed = false

  const finish = (text: string): never => {
    print(operations, 2, Buffer.from(`${text}\n\nNode.js ${process.version}\n`))
    return operations.end(handlerFailed ? EXIT_HANDLER_FAILED : Number(process.exitCode ?? 1), 0, true)
  }

  errors.setEnhanceStackForFatalException(beforeInspector, (error) => {
    const text = afterInspector(error)
    if (!operations.inside) return text
    // Set by C++ from where the error was thrown, on what is an error to V8.
    const origin: unknown = Reflect.get(error, internals.arrowMessageSymbol)
    const isDecorated = Reflect.get(error, internals.decoratedSymbol) === true
    if (typeof origin === 'string' && !isDecorated) return finish(`${origin}\n${String(text)}`)
    return finish(String(text))
  })

  const handle = Reflect.get(process, '_fatalException') as FatalException
  Reflect.set(process, '_fatalException', (error: unknown, fromPromise: boolean): boolean => {
    // An error of LLFT's own: the program's handlers are not asked, this replica crashes.
    if (!operations.inside) return false
    handlerFailed = true
    const handled = handle(error, fromPromise)
    handlerFailed = false
    if (handled) return true
    if (typeof error === 'object' && error !== null) return false
    return finish(`Uncaught:\n${String(error)}\n${TRACE_HINT}`)
  })
}
