import { type FileFunction, type FileTerms, recordTimes } from './file-terms.js'
import type { HostFiles } from './host-files.js'
import { absolute, forHost, type Path, textOf } from './paths.js'

/** How a function of the binding that changes something at a path is asked of the console. */
interface Change {
  /** Where its request stands. */
  readonly request: number
  /** Arguments that are paths; the first two stand in errors. */
  readonly paths: readonly number[]
  /** It returns a path that was made. */
  readonly makes?: true
}

const CHANGES: Readonly<Record<string, Change>> = {
  chmod: { request: 2, paths: [0] },
  chown: { request: 3, paths: [0] },
  copyFile: { request: 3, paths: [0, 1] },
  lchown: { request: 3, paths: [0] },
  link: { request: 2, paths: [0, 1] },
  lutimes: { request: 3, paths: [0] },
  mkdir: { request: 3, paths: [0], makes: true },
  mkdtemp: { request: 2, paths: [0], makes: true },
  rename: { request: 2, paths: [0, 1] },
  rmdir: { request: 1, paths: [0] },
  symlink: { request: 3, paths: [0, 1] },
  unlink: { request: 1, paths: [0] },
  utimes: { request: 3, paths: [0] },
}

export const PATH_CHANGES: readonly string[] = Object.keys(CHANGES)

export function pathChange(terms: FileTerms, files: HostFiles, name: string): FileFunction {
  const { request: at, paths, makes } = CHANGES[name] as Change
  return (args) => {
    const given = paths.map((place) => args[place] as Path)
    const [path, dest] = given as [Path, Path | undefined]
    const asked = recordTimes(terms, name, args.slice(0, at)).map((argument, place) => {
      // Where a link leads is not where somebody stands.
      const isPath = paths.includes(place) && !(name === 'symlink' && place === 0)
      return forHost(isPath ? absolute(argument as Path) : argument)
    })
    // The name that could not be made, as the system was given it.
    const shown = name === 'mkdtemp' ? `${textOf(path)}XXXXXX` : textOf(path)
    const place = { path: shown, dest: dest === undefined ? undefined : textOf(dest) }
    const call = { call: name, args: asked, place, ...(makes === true ? { value: files.made(path, args[1]) } : {}) }
    return files.make(call, terms.requests.kindOf(args[at]))
  }
}
