import { execFileSync, spawnSync } from 'node:child_process'

/** Why tests with hosts of their own cannot run here; empty when they can. */
export const WITHOUT_NAMESPACES: string = reason()

function reason(): string {
  const name = `llft-${process.pid}-try`
  const { error, status } = spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
  if (error !== undefined) return ' (skipped: the command ip is not installed)'
  if (status !== 0) return ' (skipped: network namespaces are not permitted here)'
  spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' })
  return ''
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** A host of its own: a network namespace, at first with loopback only. */
export class Host {
  readonly namespace: string

  constructor(name: string) {
    this.namespace = `llft-${process.pid}-${name}`
    ip('netns', 'add', this.namespace)
    ip('-n', this.namespace, 'link', 'set', 'lo', 'up')
  }

  /** What stands before a command that runs on this host. */
  get prefix(): readonly string[] {
    return ['netns', 'exec', this.namespace]
  }

  /** Sets a parameter of the kernel for this host alone. */
  set(parameter: string, value: number): void {
    ip(...this.prefix, 'sh', '-c', `echo ${value} > /proc/sys/${parameter}`)
  }

  close(): void {
    ip('netns', 'delete', this.namespace)
  }
}

/** An Ethernet between hosts: a bridge in a namespace of its own. */
export class Lan {
  readonly #switch: Host
  readonly #ports: string[] = []

  constructor(name: string) {
    this.#switch = new Host(name)
    ip('-n', this.#switch.namespace, 'link', 'add', 'bridge', 'type', 'bridge', 'mcast_snooping', '0')
    ip('-n', this.#switch.namespace, 'link', 'set', 'bridge', 'up')
  }

  /** Gives the host an interface with this address. */
  attach(host: Host, address: string): void {
    const [port, own] = [`port${this.#ports.length}`, `net${address.split('.')[1] ?? ''}`]
    this.#ports.push(port)
    const inSwitch = this.#switch.namespace
    ip('-n', inSwitch, 'link', 'add', port, 'type', 'veth', 'peer', 'name', own, 'netns', host.namespace)
    ip('-n', inSwitch, 'link', 'set', port, 'master', 'bridge', 'up')
    ip('-n', host.namespace, 'address', 'add', `${address}/24`, 'dev', own)
    ip('-n', host.namespace, 'link', 'set', own, 'up')
  }

  /** A network that carries unicast only, as clouds do. */
  dropMulticast(): void {
    for (const port of this.#ports) {
      ip('-n', this.#switch.namespace, 'link', 'set', port, 'type', 'bridge_slave', 'mcast_flood', 'off')
    }
  }

  close(): void {
    this.#switch.close()
  }
}
