// The rooms of a build, so that two builds can be measured in turn.
import { pathToFileURL } from 'node:url'

/** `folder`: of a build, as `dist`. */
export async function loadRooms(folder) {
  const room = (name) => import(`${pathToFileURL(folder).href}/${name}/index.js`)
  const [base, core, message, wire, sim] = await Promise.all(['base', 'core', 'message', 'wire', 'sim'].map(room))
  return { base, core, message, wire, sim }
}
