import type { Realm } from './realm.js'

type Native = (this: unknown, ...args: unknown[]) => unknown

/** The part of the global `WebAssembly` that is used here; Node's types do not have it. */
interface WebAssemblyNamespace {
  readonly Module: new (bytes: unknown, options: unknown) => object
  readonly Instance: new (module: object, imports: unknown) => object
}

/** As `fetch` gives it. */
interface Response {
  readonly ok: boolean
  readonly headers: { get(name: string): string | null }
  arrayBuffer(): Promise<ArrayBuffer>
}

/** `ordered`: the program's promise in place of one that V8 settles. */
export type Ordered = (native: Promise<unknown>) => Promise<unknown>

/** What V8 itself completes, past every hook of Node (determinizer.md B4). Stands alone: see `Realm`. */
export function furnishAsynchronous({ global, replace }: Realm, ordered: Ordered): void {
  const atomics = global.Atomics as unknown as { waitAsync?: Native }
  const { waitAsync } = atomics
  if (waitAsync !== undefined) {
    replace(atomics, 'waitAsync', function (this: unknown, ...args: unknown[]): unknown {
      const result = Reflect.apply(waitAsync, this, args) as { value: unknown }
      if (result.value instanceof Promise) result.value = ordered(result.value)
      return result
    })
  }
  const { WebAssembly: namespace } = global as unknown as { readonly WebAssembly?: WebAssemblyNamespace }
  // V8 without a compiler (--jitless) has none.
  if (namespace === undefined) return
  const { Module, Instance } = namespace
  const instantiate = (source: unknown, imports: unknown, options: unknown): object => {
    if (source instanceof Module) return new Instance(source, imports)
    const module = new Module(source, options)
    return { module, instance: new Instance(module, imports) }
  }
  const whole = async (source: Response | Promise<Response>): Promise<ArrayBuffer> => {
    const response = await source
    const type = response.headers.get('content-type')
    if (type === 'application/wasm' && response.ok) return response.arrayBuffer()
    throw new TypeError(
      `WebAssembly response ${response.ok ? `has unsupported MIME type '${type}'` : 'status is not ok'}`,
    )
  }
  // Compiling on other threads ends at a moment of its own; it is done at once.
  const methods = {
    compile: async (bytes: unknown, options: unknown) => new Module(bytes, options),
    instantiate: async (source: unknown, imports: unknown, options: unknown) => instantiate(source, imports, options),
    compileStreaming: async (source: Response, options: unknown) => new Module(await whole(source), options),
    instantiateStreaming: async (source: Response, imports: unknown, options: unknown) =>
      instantiate(await whole(source), imports, options),
  }
  for (const [name, method] of Object.entries(methods)) if (name in namespace) replace(namespace, name, method)
}
