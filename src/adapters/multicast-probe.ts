import { setTimeout as sleep } from 'node:timers/promises'
import type { MulticastGroup } from '../driver/index.js'
import { formatLocator } from './locator.js'
import { Udp } from './udp.js'

const PROBE_BYTES = 16
/** A probe may be lost like any datagram. */
const PROBE_EVERY_MS = 20

/** Whether a datagram to the group reaches a member of it on this host: how long that took, or what is in the way. */
export type ProbeResult =
  | { readonly heard: true; readonly tookMs: number }
  | { readonly heard: false; readonly reason: string }

/** Takes part as a stranger and as a member at this address, and waits for what it sends itself. */
export async function probeMulticast(group: MulticastGroup, own: string, boundMs: number): Promise<ProbeResult> {
  const opened: Udp[] = []
  const open = (): Udp => {
    const udp = new Udp({ address: own, port: 0 })
    opened.push(udp)
    return udp
  }
  try {
    return await listenForOwn(group, boundMs, open)
  } catch (error) {
    return { heard: false, reason: `the kernel refuses: ${(error as Error).message}` }
  } finally {
    for (const udp of opened) udp.close()
  }
}

async function listenForOwn(group: MulticastGroup, boundMs: number, open: () => Udp): Promise<ProbeResult> {
  const [member, stranger] = [open(), open()]
  const probe = crypto.getRandomValues(new Uint8Array(PROBE_BYTES))
  const heard = new Promise<number>((resolve) => {
    member.onDatagram = (datagram) => {
      if (datagram.length === PROBE_BYTES && datagram.every((byte, at) => byte === probe[at]))
        resolve(performance.now())
    }
  })
  member.join(group)
  stranger.reach(group)
  const begun = performance.now()
  while (performance.now() - begun < boundMs) {
    stranger.send(group.locator, probe)
    const heardAt = await Promise.race([heard, sleep(PROBE_EVERY_MS, undefined)])
    if (heardAt !== undefined) return { heard: true, tookMs: heardAt - begun }
  }
  return { heard: false, reason: `nothing sent to ${formatLocator(group.locator)} came back within ${boundMs} ms` }
}
