import { GROUP, type Frame, type GroupId } from '../message/index.js'

/** So much of a message is shown where it differs from the primary's. */
const SHOWN_BYTES = 80
const GROUP_NAMES = new Map<number, string>(Object.entries(GROUP).map(([name, group]) => [group, name]))

/** A message with the beginning of its bytes, for whoever reads of a difference. */
export function frameText(to: GroupId, frame: Frame): string {
  if (!('bytes' in frame)) return frameName(to, frame)
  const { length } = frame.bytes
  const text = JSON.stringify(new TextDecoder().decode(frame.bytes.subarray(0, SHOWN_BYTES)))
  const rest = length > SHOWN_BYTES ? ' and so on' : ''
  return `${frameName(to, frame)} (${length} bytes: ${text}${rest})`
}

/** Like `data` of stream 3 to the gateway. */
export function frameName(to: GroupId, frame: Frame): string {
  const receiver = GROUP_NAMES.get(to) ?? `group ${to}`
  const stream = 'stream' in frame ? ` of stream ${frame.stream}` : ''
  return `\`${frame.frame}\`${stream} to the ${receiver}`
}
