import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

/** Where Debian puts it. */
const EXECUTABLE = '/usr/bin/chromium'

/** Why a page cannot be opened here; empty when it can. */
export const WITHOUT_CHROMIUM: string = existsSync(EXECUTABLE) ? '' : ' (skipped: chromium is not installed)'

/** As root it has no sandbox, and it shall ask nobody for anything by itself. */
export function openBrowser(): Promise<Browser> {
  const quiet = ['--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
  })
}
