/** What differs between the tested versions of Node, one function each; the shapes themselves are in `internals`. */

const MAJOR = Number.parseInt(process.versions.node, 10)

/** A cipher of OpenSSL, in one direction. */
export interface Cipher {
  update(data: Uint8Array): Uint8Array
}

interface CipherClass {
  new (...terms: readonly unknown[]): Cipher & { initiv?(...terms: readonly unknown[]): void }
}

const NO_TAG = -1

/** AES-256 in counter mode. From Node 24 on the constructor takes everything. */
export function counterCipher(CipherBase: CipherClass, key: Uint8Array, iv: Uint8Array): Cipher {
  if (MAJOR >= 24) return new CipherBase(true, 'aes-256-ctr', key, iv, NO_TAG)
  const cipher = new CipherBase(true)
  cipher.initiv?.('aes-256-ctr', key, iv, NO_TAG)
  return cipher
}

/** What follows the encoding in `KeyObjectHandle.init`: no passphrase and, from Node 24 on, no curve. */
export const KEY_INIT_TAIL: readonly undefined[] | readonly null[] = MAJOR >= 24 ? [null, null] : [undefined]

/** How a native folder is closed at once: Node 20 wants a place for an error. */
export const FOLDER_CLOSE_ARGS: readonly unknown[] = MAJOR < 22 ? [undefined, {}] : []

/** What `AsyncLocalStorage` keeps with whatever runs; from Node 24 on it is no longer kept by `async_hooks`. */
export interface ContextFrames {
  current(): unknown
  /** Returns the one before. */
  exchange(frame: unknown): unknown
}

const NO_FRAMES: ContextFrames = { current: () => undefined, exchange: () => undefined }

export function contextFrames(module: (name: string) => unknown): ContextFrames {
  return MAJOR < 22 ? NO_FRAMES : (module('internal/async_context_frame') as ContextFrames)
}

/** Modules of Node's own that take the clock, or chance, of the language from where no replacement reaches. */
export const KEEPING_CLOCK: readonly string[] = [
  'internal/file',
  'internal/readline/interface',
  'readline',
  ...(MAJOR >= 24 ? ['internal/crypto/random'] : []),
  ...(MAJOR >= 26
    ? [
        'internal/zip/entry',
        'internal/vfs/stats',
        'internal/vfs/file_handle',
        'internal/vfs/providers/memory',
        'internal/vfs/file_system',
      ]
    : []),
]
