import { axisOver, placeOf, ticksOf } from './axis.js'
import type { Axis } from './axis.js'
import { escaped } from './escape.js'

const WIDTH = 720
const HEIGHT = 340
const LEFT = 70
const BOTTOM = 44
const TOP = 12
const RIGHT = 14

const UPRIGHT: Place = { left: 0, top: 0, anchor: 'middle' }

export interface Series {
  readonly name: string
  /** Which of the page's colours; the same system has the same one everywhere. */
  readonly color: number
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface PlotTerms {
  readonly x: { readonly title: string; readonly logarithmic: boolean; readonly text: (value: number) => string }
  readonly y: { readonly title: string; readonly logarithmic: boolean; readonly text: (value: number) => string }
  /** A horizontal line: an objective. */
  readonly limit?: number
}

/** Lines with their points, axes and names. */
export function linePlot(series: readonly Series[], terms: PlotTerms): string {
  const all = series.flatMap(({ points }) => points)
  const x = axisOver(
    all.map(([value]) => value),
    { logarithmic: terms.x.logarithmic, from: LEFT, to: WIDTH - RIGHT },
  )
  const heights = [...all.map(([, value]) => value), ...(terms.limit === undefined ? [] : [terms.limit])]
  const y = axisOver(heights, { logarithmic: terms.y.logarithmic, from: HEIGHT - BOTTOM, to: TOP })
  const lines = series.map((one) => drawn(one, x, y))
  const limit = terms.limit === undefined ? '' : horizontal(placeOf(y, terms.limit), 'limit')
  return svg(`${axes(x, y, terms)}${limit}${lines.join('')}`, HEIGHT) + legend(series)
}

function drawn({ name, color, points }: Series, x: Axis, y: Axis): string {
  const places = points.map(([at, value]) => [placeOf(x, at), placeOf(y, value)] as const)
  const path = places.map(([left, top]) => `${left},${top}`).join(' ')
  const dots =
    points.length > 40 ? '' : places.map(([left, top]) => `<circle cx="${left}" cy="${top}" r="3"/>`).join('')
  return `<g class="c${color}"><title>${escaped(name)}</title><polyline points="${path}"/>${dots}</g>`
}

function axes(x: Axis, y: Axis, terms: PlotTerms): string {
  const bottom = HEIGHT - BOTTOM
  const columns = ticksOf(x).map((value) => {
    const left = placeOf(x, value)
    const line = `<line class="grid" x1="${left}" x2="${left}" y1="${TOP}" y2="${bottom}"/>`
    return line + label({ left, top: bottom + 16, anchor: 'middle' }, terms.x.text(value))
  })
  const rows = ticksOf(y).map((value) => {
    const top = placeOf(y, value)
    return `${horizontal(top, 'grid')}${label({ left: LEFT - 6, top: top + 4, anchor: 'end' }, terms.y.text(value))}`
  })
  const titles = [
    label({ left: (LEFT + WIDTH) / 2, top: HEIGHT - 8, anchor: 'middle' }, terms.x.title),
    `<g transform="translate(12 ${HEIGHT / 2}) rotate(-90)">${label(UPRIGHT, terms.y.title)}</g>`,
  ]
  return [...columns, ...rows, ...titles].join('')
}

function horizontal(top: number, kind: string): string {
  return `<line class="${kind}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top}" y2="${top}"/>`
}

interface Place {
  readonly left: number
  readonly top: number
  readonly anchor: 'start' | 'middle' | 'end'
}

export function label({ left, top, anchor }: Place, text: string): string {
  return `<text x="${left}" y="${top}" text-anchor="${anchor}">${escaped(text)}</text>`
}

export function svg(inside: string, height: number): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${inside}</svg>`
}

export function legend(series: readonly { readonly name: string; readonly color: number }[]): string {
  const items = series.map(({ name, color }) => `<span class="k${color}">${escaped(name)}</span>`)
  return `<p class="legend">${items.join(' ')}</p>`
}
