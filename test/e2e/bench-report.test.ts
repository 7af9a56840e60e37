import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportHtml } from '../../src/bench/index.js'
import type { Results } from '../../src/bench/index.js'
import { openBrowser, WITHOUT_CHROMIUM } from '../bench/chromium.js'
import { faultOf, measuredOf, resultsWith } from '../bench/results.js'

const EVERYTHING = resultsWith({
  measured: [
    measuredOf('plain'),
    measuredOf('llft', { cpuUsByRole: { primary: 12, gateway: 8 } }),
    ...[1, 2, 3].map((at) => measuredOf('llft', { sweep: 'replicas', at })),
    ...[64, 1_048_576].map((at) => measuredOf('llft', { sweep: 'size', at })),
  ],
  capacities: [
    {
      system: 'llft',
      connections: 16,
      objectiveMs: 10,
      perSecond: 900,
      points: [
        { ratePerSecond: 900, p99Us: 5000, held: true },
        { ratePerSecond: 1200, p99Us: 50_000, held: false },
      ],
    },
  ],
  faults: [
    faultOf('llft'),
    faultOf('llft', { round: 1, gapMs: 20, timeline: null }),
    faultOf('redis', {
      gapMs: 2000,
      phases: null,
      timeline: [
        [-3, 1800],
        [-1, 2000],
      ],
    }),
    faultOf('llft', { fault: 'cut', recovered: false, leader: '</script><b id="planted">' }),
  ],
  growth: [{ system: 'llft', sweep: 'replicas', figure: 'p50Us', law: 'line', slope: 3, intercept: 80, r2: 0.9 }],
  ratios: [{ system: 'llft', baseline: 'plain', connections: 1, figure: 'p50Us', median: 2, min: 1.5, max: 3 }],
})

describe.skipIf(WITHOUT_CHROMIUM !== '')(`the report in a browser${WITHOUT_CHROMIUM}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llft-test-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  interface Opened {
    readonly page: Page
    readonly complaints: readonly string[]
    readonly requests: readonly string[]
  }

  async function open(results: Results, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
    const file = join(folder, 'report.html')
    writeFileSync(file, reportHtml(results))
    const page = await browser.newPage({ colorScheme })
    const [complaints, requests]: [string[], string[]] = [[], []]
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(`file://${file}`)
    return { page, complaints, requests: requests.filter((url) => !url.startsWith('data:')) }
  }

  test('it has every plot, asks nobody for anything, and complains of nothing', async () => {
    const { page, complaints, requests } = await open(EVERYTHING)
    expect(complaints).toEqual([])
    expect(requests).toEqual([`file://${join(folder, 'report.html')}`])
    const headings = await page.locator('h2').allTextContents()
    for (const heading of [
      'Latency with 1 connection',
      'Throughput with p99 below 10 ms',
      'Growth with replicas',
      'Growth with bytes of a request',
      'The leader is killed',
      "The leader's link is cut",
      'Ratios',
      'Skipped',
    ]) {
      expect(headings).toContain(heading)
    }
    // Latency, throughput, four for each of two sweeps, and of faults: gaps, phases, timelines.
    expect(await page.locator('svg').count()).toBe(1 + 1 + 8 + 2 + 2 + 3)
  })

  test('everything drawn lies within its plot, and can be seen', async () => {
    const { page } = await open(EVERYTHING)
    const outside = await page.evaluate(() => {
      return [...document.querySelectorAll('svg')].flatMap((svg) => {
        const { width, height } = svg.viewBox.baseVal
        return [...svg.querySelectorAll('polyline, circle, rect, path')].flatMap((shape) => {
          const box = (shape as SVGGraphicsElement).getBBox()
          const inside =
            box.x >= -1 && box.y >= -1 && box.x + box.width <= width + 1 && box.y + box.height <= height + 1
          const style = getComputedStyle(shape)
          const seen = style.stroke !== 'none' || style.fill !== 'none'
          return inside && seen ? [] : [shape.outerHTML]
        })
      })
    })
    expect(outside).toEqual([])
    const bars = await page.locator('rect').count()
    expect(bars).toBe(3 * 3)
  })

  test('it follows the scheme of who reads it', async () => {
    const back = async (scheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open(EVERYTHING, scheme)
      return page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    }
    expect(await back('light')).toBe('rgb(255, 255, 255)')
    expect(await back('dark')).toBe('rgb(21, 21, 21)')
  })

  test('the raw results are inside, whatever is in them, and stay text', async () => {
    const { page } = await open(EVERYTHING)
    const inside = await page.locator('#results').textContent()
    expect(JSON.parse(inside ?? '')).toEqual(EVERYTHING)
    expect(await page.locator('#planted').count()).toBe(0)
    expect(await page.locator('body').textContent()).toContain('a <machine>')
  })

  test('a run that measured nothing has a report too', async () => {
    const { page, complaints } = await open(resultsWith({}))
    expect(complaints).toEqual([])
    expect(await page.locator('h1').textContent()).toBe('llft bench latency')
  })
})
