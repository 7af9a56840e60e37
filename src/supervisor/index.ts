export { Reaper } from './reaper.js'
