import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../command-run.js'
import type { Hosts } from './hosts.js'

const BOUND_MS = 20_000

/** Why there can be no etcd here; empty when there can. */
export const WITHOUT_ETCD: string =
  spawnSync('etcd', ['--version'], { stdio: 'ignore' }).status === 0
    ? ''
    : ' (skipped: the Debian package etcd-server is not installed)'

/** The command line of an etcd of one member. */
function etcdArguments(folder: string, client: string, peer: string): readonly string[] {
  const text =
    `--data-dir ${folder} --listen-client-urls ${client} --advertise-client-urls ${client} ` +
    `--listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer} --initial-cluster default=${peer} ` +
    '--logger zap --log-level error'
  return text.split(' ')
}

/** Prints that it answers, once it does. */
const ASKING = (url: string): string => `
const url = '${url}/v3/maintenance/status'
const ask = () => fetch(url, { method: 'POST', body: '{}' }).then(({ ok }) => ok, () => false)
const again = async () => ((await ask()) ? console.log('it answers') : setTimeout(again, 50))
again()
`

/** A real etcd of one member on a host of its own network; resolves with its URL when it answers. */
export async function etcdOn(net: Hosts, host: number): Promise<string> {
  const at = (port: number): string => `http://${net.address(host)}:${port}`
  net.other(host, 'etcd', etcdArguments(join(net.folder, 'etcd'), at(2379), at(2380)))
  await net.script(ASKING(at(2379)), host).printed(/it answers/)
  return at(2379)
}

/** A real etcd of one member, which can be stopped for a while. */
export class Etcd {
  readonly url: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'llft-etcd-'))
  readonly #child

  private constructor(client: number, peer: number) {
    this.url = `http://127.0.0.1:${client}`
    const args = etcdArguments(join(this.#folder, 'data'), this.url, `http://127.0.0.1:${peer}`)
    this.#child = spawn('etcd', args, { stdio: 'ignore' })
  }

  static async start(): Promise<Etcd> {
    const etcd = new Etcd(await freePort(), await freePort())
    await etcdAnswers(etcd.url)
    return etcd
  }

  /** Answers nobody until it goes on. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child.kill('SIGCONT')
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function etcdAnswers(url: string): Promise<void> {
  for (const deadline = performance.now() + BOUND_MS; ; await sleep(50)) {
    const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}' }).catch(() => undefined)
    if (response?.ok === true) return
    if (performance.now() > deadline) throw new Error(`no etcd at ${url} within ${BOUND_MS} ms`)
  }
}
